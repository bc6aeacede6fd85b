namespace Metaflow.Scenarios.Tests;

/// <summary>The program of the scenarios' flows, in a folder of its own for all tests.</summary>
public sealed class FlowsProgram : IDisposable
{
    private const string Name = "Metaflow.Scenarios.Flows";

    private static readonly string Folder = Directory.CreateTempSubdirectory("metaflow-flows-").FullName;
    private static readonly Lazy<string> Built = new(Build);

    /// <summary>Gets the folder of the program as it was built, not compiled ahead of time.</summary>
    internal static string Original => AppContext.BaseDirectory.Replace("Metaflow.Scenarios.Tests", Name, StringComparison.Ordinal);

    /// <summary>Gets the path of the program.</summary>
    internal static string File => Built.Value;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Build()
    {
        foreach (var file in Directory.EnumerateFiles(Original))
        {
            System.IO.File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
        }

        NativeImages.Compile(
            Folder,
            [
                "Metaflow", "Metaflow.Core", "Metaflow.Cli", "Metaflow.Environments", "Metaflow.ObjectStorage", "Metaflow.Aws",
                "Metaflow.Azure", "Metaflow.Gcp", "System.CommandLine", Name,
            ]);
        return Path.Combine(Folder, Name);
    }
}
