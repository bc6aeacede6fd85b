namespace Metaflow.Packaging.Tests;

/// <summary>A home in which the packages were installed as docs/install.md says, for all pages that are typed after it.</summary>
public sealed class InstalledHome(PackedPackages packages) : IAsyncLifetime
{
    internal TypingPlace Place { get; } = new(packages);

    public async ValueTask InitializeAsync() => await new TypedPage(Place, "docs/install.md").TypeAsync();

    public ValueTask DisposeAsync()
    {
        Place.Dispose();
        return ValueTask.CompletedTask;
    }
}
