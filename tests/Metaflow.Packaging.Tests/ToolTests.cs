namespace Metaflow.Packaging.Tests;

/// <summary>The tool as users install it.</summary>
public sealed class ToolTests(PackedPackages packages) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-tool-").FullName;

    [Fact]
    public async Task The_tool_installs_from_a_folder_and_runs()
    {
        var version = await packages.RunToolAsync(_folder, "--version");
        var status = await packages.RunToolAsync(_folder, "status");
        var tutorials = await packages.RunToolAsync(_folder, "tutorials", "list");

        version.AssertSucceeded();
        Assert.Equal(packages.Version, version.Output.Trim());
        Assert.Contains("User:      tester", status.Output, StringComparison.Ordinal);
        Assert.Contains("00-helloworld", tutorials.Output, StringComparison.Ordinal);
        Assert.Contains(
            packages.EntriesOf("Metaflow.Tool"), static entry => entry.EndsWith("DotnetToolSettings.xml", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
