[assembly: AssemblyFixture(typeof(Metaflow.Python.Tests.Channels.PythonWorld))]

namespace Metaflow.Python.Tests.Channels;

/// <summary>
/// A real conda channel and a real package index on this machine, shared by all tests of an assembly. They are made from packages of Debian
/// when a test asks for them, once on a machine.
/// </summary>
/// <remarks>A test that stops the server, or lets it go wrong, starts a server of its own and serves the same folders.</remarks>
public sealed class PythonWorld : IAsyncDisposable
{
    /// <summary>The environment variable that names the folder for what is downloaded and made. The default is in the repository.</summary>
    public const string CacheVariable = "METAFLOW_TEST_PACKAGES";

    private readonly Lazy<Task<RealWorld>> _real;

    /// <summary>Starts the server. Nothing is downloaded yet.</summary>
    public PythonWorld()
    {
        Cache = Environment.GetEnvironmentVariable(CacheVariable) is { Length: > 0 } folder ? folder : DefaultCache();
        _real = new(MakeAsync);
    }

    /// <summary>The folder of what is kept on this machine.</summary>
    public string Cache { get; }

    /// <summary>The server of all tests.</summary>
    public LocalServer Server { get; } = LocalServer.Start();

    /// <summary>Returns the channel and the index, or skips the test with the reason why they cannot be had.</summary>
    public async Task<RealWorld> RequireAsync()
    {
        try
        {
            return await _real.Value;
        }
        catch (DebianUnavailableException error)
        {
            Assert.Skip(error.Message);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task<RealWorld> MakeAsync()
    {
        var folder = await RealChannels.GetAsync(Cache, CancellationToken.None);
        var conda = Path.Combine(folder, RealChannels.CondaFolder);
        var index = Path.Combine(folder, RealChannels.IndexFolder);
        return new(conda, Server.Mount("conda", conda), index, $"{Server.Mount("index", index)}/{PackageIndex.Simple}/");
    }

    private static string DefaultCache()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Metaflow.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? Path.GetTempPath(), "artifacts", "test-packages");
    }
}
