"""Reports sizes: of images and their layers, of distributions, and what is shared."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.image.sizes.layers import Built, Layer, Variant
from tools.workspace.command import format_json


def size_of(layers: Iterable[Layer]) -> int:
    """Return what a registry stores of layers, each once."""
    return sum({layer.digest: layer.size for layer in layers}.values())


def added(image: Built) -> list[tuple[Variant, list[Layer]]]:
    """Return each platform of an image, with the layers that it adds to those before it."""
    seen: set[str] = set()
    found = []
    for variant in image.variants:
        new = [layer for layer in variant.layers if layer.digest not in seen]
        seen |= {layer.digest for layer in new}
        found.append((variant, new))
    return found


@dataclass(frozen=True)
class Sizes:
    """Images, and which of them share what."""

    images: Sequence[Built]
    layers: Mapping[str, Layer]
    users: Mapping[str, Sequence[str]]
    """The images that have a layer, by its digest."""

    @classmethod
    def of(cls, images: Sequence[Built]) -> Sizes:
        """Return the sizes of images."""
        layers: dict[str, Layer] = {}
        users: dict[str, dict[str, None]] = {}
        for image in images:
            for variant in image.variants:
                for layer in variant.layers:
                    layers[layer.digest] = layer
                    users.setdefault(layer.digest, {})[image.label] = None
        return cls(
            images, layers, {digest: [*found] for digest, found in users.items()}
        )

    def shared(self, variant: Variant) -> int:
        """Return how many bytes of an image others have, too."""
        layers = variant.layers
        return size_of(layer for layer in layers if len(self.users[layer.digest]) > 1)

    def distributions(self) -> list[tuple[str, int, list[str]]]:
        """Return each distribution, its bytes where it has most, and its images; largest first."""
        sizes: dict[str, int] = {}
        users: dict[str, set[str]] = {}
        for image in self.images:
            for variant in image.variants:
                own: Counter[str] = Counter()
                for layer in variant.layers:
                    own.update(layer.distributions)
                for name, size in own.items():
                    sizes[name] = max(size, sizes.get(name, 0))
                    users.setdefault(name, set()).add(image.label)
        ranked = sorted(sizes, key=lambda name: (-sizes[name], name))
        return [(name, sizes[name], sorted(users[name])) for name in ranked]

    @property
    def total(self) -> int:
        """Return the bytes of all images, as if nothing were shared."""
        return sum(
            size_of(variant.layers)
            for image in self.images
            for variant in image.variants
        )


def _image_lines(sizes: Sizes, image: Built) -> Iterator[str]:
    first = size_of(image.variants[0].layers)
    for variant, new in added(image):
        size = size_of(variant.layers)
        said = f"{image.label}, {variant.platform}: {size:,} bytes"
        if variant is image.variants[0]:
            yield f"{said}, {sizes.shared(variant):,} of them in other images too"
        else:
            more = size_of(new)
            yield f"{said}, of which it adds {more:,} ({more / max(1, first):.0%} of {image.variants[0].platform})"
        for layer in new:
            users = len(sizes.users[layer.digest])
            yield f"{layer.size:>13,} {users:>6}  {layer.name}"
        yield ""


def format_text(sizes: Sizes) -> str:
    """Return all of it as tables; of a second platform, the layers that it adds."""
    lines = [f"{'bytes':>13} {'images':>6}  layer", ""]
    for image in sizes.images:
        lines += _image_lines(sizes, image)
    lines += [f"{'bytes':>13} {'images':>6}  distribution", ""]
    for name, size, images in sizes.distributions():
        lines.append(f"{size:>13,} {len(images):>6}  {name}")
    stored = size_of(sizes.layers.values())
    lines += [
        "",
        f"{len(sizes.images)} images: {sizes.total:,} bytes, and {stored:,} in a registry",
    ]
    return "".join(f"{line}\n" for line in lines)


def format_document(sizes: Sizes) -> str:
    """Return all of it as JSON."""
    images = [
        {
            "image": image.label,
            "platforms": [
                {
                    "platform": variant.platform,
                    "size": size_of(variant.layers),
                    "shared": sizes.shared(variant),
                    "added": size_of(new),
                    "layers": [layer.digest for layer in variant.layers],
                }
                for variant, new in added(image)
            ],
        }
        for image in sizes.images
    ]
    layers = {
        digest: {
            "size": layer.size,
            "folder": layer.folder,
            "images": sizes.users[digest],
            "distributions": layer.distributions,
        }
        for digest, layer in sizes.layers.items()
    }
    distributions = [
        {"distribution": name, "size": size, "images": users}
        for name, size, users in sizes.distributions()
    ]
    return format_json(
        images=images,
        layers=layers,
        distributions=distributions,
        size=sizes.total,
        stored=size_of(sizes.layers.values()),
    )
