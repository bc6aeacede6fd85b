using System.Runtime.InteropServices;

namespace Metaflow.Launching;

/// <summary>Finds the program <c>dotnet</c>, which starts programs with the runtime of this process.</summary>
internal static class DotnetHost
{
    /// <summary>Finds the one of this process.</summary>
    /// <returns>The path; <see langword="null"/> if the program is self-contained.</returns>
    public static string? Find() => Find(Environment.ProcessPath, RuntimeEnvironment.GetRuntimeDirectory());

    /// <summary>Finds the one of a process.</summary>
    /// <param name="processPath">The running executable.</param>
    /// <param name="runtimeFolder">The folder of the runtime's own assemblies.</param>
    /// <returns>The path; <see langword="null"/> if the program is self-contained.</returns>
    public static string? Find(string? processPath, string runtimeFolder)
    {
        if (processPath is not null && Path.GetFileNameWithoutExtension(processPath).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            return processPath;
        }

        // The runtime is in <root>/shared/Microsoft.NETCore.App/<version>/.
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var candidate = Path.GetFullPath(Path.Combine(runtimeFolder, "..", "..", "..", name));
        return File.Exists(candidate) ? candidate : null;
    }
}
