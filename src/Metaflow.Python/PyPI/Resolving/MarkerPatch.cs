using System.Text.Json;
using Metaflow.Python.Processes;
using Metaflow.Python.PyPI.Markers;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>The program that runs pip for another kind of machine. pip takes wheels for it, but evaluates markers for the machine that it
/// runs on; so the program replaces the values of their variables in pip's own copy of the reader of markers.</summary>
internal static class MarkerPatch
{
    private const string Code = """
        import json
        import runpy
        import sys

        from pip._vendor.packaging import markers

        with open(sys.argv[1], encoding="utf-8") as file:
            values = json.load(file)

        of_machine = markers.default_environment


        def of_target():
            environment = of_machine()
            environment.update(values)
            return environment


        markers.default_environment = of_target
        sys.argv = ["pip"] + sys.argv[2:]
        runpy.run_module("pip", run_name="__main__", alter_sys=True)

        """;

    /// <summary>Returns the values of markers for another Python or kind of machine.</summary>
    /// <param name="target">The Python and the kind of machine.</param>
    /// <returns>The values. What the kernel is there is not known, and is empty.</returns>
    public static MarkerEnvironment EnvironmentOf(PipTarget target)
    {
        // Packages ask whether a version is high enough, so the first of a series is the careful one.
        var python = target.Python.Release.Count > 2 ? target.Python : Versions.PythonVersion.Parse(target.Python.MajorAndMinor + ".0");
        var environment = MarkerEnvironment.Of(python, target.Platform) with { PlatformRelease = "", PlatformVersion = "" };
        return environment.With(target.MarkerOverrides);
    }

    /// <summary>Writes the program and its values.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="target">The Python and the kind of machine.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>The arguments of Python that stand before pip's own.</returns>
    public static async Task<IReadOnlyList<string>> WriteAsync(WorkFolder folder, PipTarget target, CancellationToken cancellationToken)
    {
        var values = folder.PathOf("markers.json");
        await File.WriteAllBytesAsync(
            values, JsonSerializer.SerializeToUtf8Bytes(EnvironmentOf(target).ToDictionary()), cancellationToken).ConfigureAwait(false);
        return [await folder.WriteAsync("pip_for_target.py", [Code], cancellationToken).ConfigureAwait(false), values];
    }
}
