namespace Metaflow.Packaging.Tests;

/// <summary>The templates, installed once from the folder of packages into an empty home.</summary>
public sealed class InstalledTemplates(PackedPackages packages) : IAsyncLifetime
{
    private readonly string _place = Directory.CreateTempSubdirectory("metaflow-templates-").FullName;

    internal EmptyHome Home => field ??= new EmptyHome(_place, packages.Restored).WithSource(packages.Feed);

    public async ValueTask InitializeAsync()
        => await Home.TypeAsync(Home.Folder, $"dotnet new install Metaflow.Templates@{packages.Version}");

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_place, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes what a template makes, in a folder of its own.</summary>
    /// <returns>The folder.</returns>
    internal async Task<string> MakeAsync(params string[] arguments)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_place, Guid.NewGuid().ToString("N")[..8])).FullName;
        (await Home.RunAsync(folder, "dotnet", ["new", .. arguments])).AssertSucceeded();
        return folder;
    }
}
