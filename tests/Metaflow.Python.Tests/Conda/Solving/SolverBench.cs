using Metaflow.Core.Tests.Storage;
using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Solving;
using Metaflow.Python.Conda.Versions;
using Metaflow.Python.Tests.Conda.Channels;

namespace Metaflow.Python.Tests.Conda.Solving;

/// <summary>Solves requests against channels in folders.</summary>
internal sealed class SolverBench : IDisposable
{
    public static readonly VirtualPackage[] Linux =
    [
        new("__archspec", CondaVersion.Parse("1"), "x86_64_v3"),
        new("__glibc", CondaVersion.Parse("2.36"), "0"),
        new("__linux", CondaVersion.Parse("6.1.0"), "0"),
        new("__unix", CondaVersion.Parse("0"), "0"),
    ];

    private readonly TemporaryFolder _folder = new();

    public string Folder => _folder.Path;

    public HttpClient Client { get; init; } = new();

    public ChannelOptions Options { get; } = new() { Alias = "https://channels.invalid" };

    public string CacheFolder => Path.Combine(Folder, "cache");

    public ChannelFolder Channel(string name = "c0") => new(Path.Combine(Folder, name));

    public CondaRequest Request(IEnumerable<ChannelFolder> channels, params string[] specs) => new()
    {
        Specs = [.. specs.Select(MatchSpec.Parse)],
        Channels = [.. channels.Select(channel => CondaChannel.Parse(channel.Path, Options))],
        Platform = "linux-64",
        VirtualPackages = Linux,
    };

    public Task<IReadOnlyList<CondaRecord>> SolveAsync(ChannelFolder channel, params string[] specs)
        => SolveAsync(Request([channel], specs));

    public Task<IReadOnlyList<CondaRecord>> SolveAsync(CondaRequest request)
        => new CondaSolver(new RepodataOptions { CacheFolder = CacheFolder, Client = Client }, Options)
            .SolveAsync(request, TestContext.Current.CancellationToken);

    public static string[] Stems(IEnumerable<CondaRecord> records) => [.. records.Select(static record => record.Stem)];

    /// <summary>Names a record as the oracle does.</summary>
    public static string Place(CondaRecord record)
        => $"{record.ChannelUrl[(record.ChannelUrl.LastIndexOf('/') + 1)..]}/{record.Subdir}::{record.FileName}";

    public void Dispose()
    {
        Client.Dispose();
        _folder.Dispose();
    }
}
