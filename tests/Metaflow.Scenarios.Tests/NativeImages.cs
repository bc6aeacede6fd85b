using System.Diagnostics;
using System.Reflection;

namespace Metaflow.Scenarios.Tests;

/// <summary>Compiles libraries ahead of time, as our packages have them.</summary>
/// <remarks>The scenarios start some ten thousand processes, each of which would compile the same methods anew: it halves their
/// time.</remarks>
internal static class NativeImages
{
    private static readonly string Compiler = typeof(NativeImages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static one => one.Key == "Crossgen").Value!;

    /// <summary>Replaces libraries by images with the same code; where there is no compiler for this system they stay as they
    /// are.</summary>
    /// <param name="folder">The folder of a program.</param>
    /// <param name="libraries">The names of the libraries, without extension.</param>
    public static void Compile(string folder, IEnumerable<string> libraries)
    {
        if (!File.Exists(Compiler))
        {
            return;
        }

        foreach (var library in libraries)
        {
            var source = Path.Combine(folder, library + ".dll");
            var image = Path.Combine(folder, library + ".image");
            Run(
                source, "-o", image, "-r", Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll"), "-r",
                Path.Combine(folder, "*.dll"), "-O");
            File.Move(image, source, overwrite: true);
        }
    }

    private static void Run(params string[] arguments)
    {
        using var compiler = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" 2>&1", Compiler, .. arguments])
        {
            RedirectStandardOutput = true,
        })!;
        var output = compiler.StandardOutput.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, output);
    }
}
