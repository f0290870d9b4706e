"""Builds wheels of libraries, by the part of upstream's attributes that is used here."""

load("//python/private:py_wheel.bzl", _PyWheelInfo = "PyWheelInfo", _py_wheel = "py_wheel")

PyWheelInfo = _PyWheelInfo
py_wheel = _py_wheel
