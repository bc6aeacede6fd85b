"""Runs the Python file of a step of a flow in C#: gives it the artifacts that it asks for, and keeps those that it makes."""

import json
import os
import pickle
import sys
import traceback
import types


class _Artifacts(dict):
    """Artifacts by name, also as attributes."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name, value):
        self[name] = value


class _Current(_Artifacts):
    """The ids of the task. It notes which the script asks for: its result may depend on them."""

    def __getitem__(self, name):
        _asked.add(name)
        return super().__getitem__(name)


_asked = set()


def _run(folder):
    with open(os.path.join(folder, "step.json"), encoding="utf-8") as file:
        step = json.load(file)
    inputs = _Artifacts()
    for name, path in step["inputs"].items():
        with open(path, "rb") as file:
            inputs[name] = pickle.load(file)

    # A script may import this module instead of using variables: from metaflow_step import inputs, outputs, current
    outputs = _Artifacts()
    module = types.ModuleType("metaflow_step", __doc__)
    module.inputs, module.outputs, module.current = inputs, outputs, _Current(step["current"])
    sys.modules["metaflow_step"] = module

    script = step["script"]
    sys.argv = [script]
    sys.path.insert(0, os.path.dirname(script))
    main = types.ModuleType("__main__")
    main.__file__ = script
    main.__builtins__ = __builtins__
    main.__dict__.update(inputs)
    sys.modules["__main__"] = main
    with open(script, "rb") as file:
        code = compile(file.read(), script, "exec")
    try:
        exec(code, main.__dict__)
    except SystemExit as end:
        if end.code not in (None, 0):
            raise

    missing = [name for name in step["outputs"] if name not in outputs and name not in main.__dict__]
    if missing:
        raise NameError("the script does not set " + ", ".join(repr(name) for name in missing))
    for name in step["outputs"]:
        value = outputs[name] if name in outputs else main.__dict__[name]
        with open(os.path.join(folder, "output-" + name), "wb") as file:
            try:
                pickle.dump(value, file, protocol=4)
            except Exception as error:
                raise TypeError(f"{name!r} cannot be stored: {error}") from error
    with open(os.path.join(folder, "asked.json"), "w", encoding="utf-8") as file:
        json.dump(sorted(_asked), file)


def _fail(folder, error):
    # The first frames are those of this file.
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    text = "".join(traceback.format_exception(type(error), error, frames))
    with open(os.path.join(folder, "failure.json"), "w", encoding="utf-8") as file:
        json.dump({"type": type(error).__name__, "message": str(error), "traceback": text}, file)
    sys.stdout.flush()
    sys.stderr.write(text)
    sys.exit(1)


if __name__ == "__main__":
    _folder = sys.argv[1]
    try:
        _run(_folder)
    except BaseException as _error:  # What the author's code raises may be anything.
        _fail(_folder, _error)
