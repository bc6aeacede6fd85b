namespace Metaflow.Python.Tests.Channels;

/// <summary>Changes where a program looks for its libraries, by Debian's program for that.</summary>
/// <param name="folder">The folder where the program and its libraries are unpacked.</param>
internal sealed class PatchElf(string folder)
{
    /// <summary>The folder of an environment's own C library, where it has one.</summary>
    public const string RuntimeFolder = "lib/glibc";

    /// <summary>Lets a program take its libraries from the environment, which the placeholder names in the program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="ownRuntime">Whether the C library and its loader are in the environment too.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <remarks>
    /// Without the replacing of the placeholder in a binary file the program does not start: what it shows is what users would meet. The
    /// libraries have no place of their own, so they are looked for where the program says.
    /// </remarks>
    public async Task SetPlacesAsync(string program, bool ownRuntime, CancellationToken cancellationToken)
    {
        var runtime = $"{CondaPackage.Placeholder}/{RuntimeFolder}";
        var libraries = $"{CondaPackage.Placeholder}/lib";
        string[] arguments = ownRuntime
            ? ["--set-interpreter", $"{runtime}/ld-linux-x86-64.so.2", "--force-rpath", "--set-rpath", $"{runtime}:{libraries}"]
            : ["--force-rpath", "--set-rpath", libraries];
        var places = new[] { "usr/lib", "lib" }.Select(lib => Path.Combine(folder, lib, "x86_64-linux-gnu"));
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["LD_LIBRARY_PATH"] = string.Join(':', places) };
        await Command.RunAsync(Path.Combine(folder, "usr/bin/patchelf"), [.. arguments, program], environment, cancellationToken);
    }
}
