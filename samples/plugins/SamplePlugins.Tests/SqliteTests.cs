using System.Diagnostics;
using System.Runtime.CompilerServices;
using Metaflow.Metadata;
using Metaflow.Plugins;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Testing.Conformance;

namespace SamplePlugins.Tests;

/// <summary>A store in an SQLite file keeps the promises of the contract.</summary>
public sealed class SqliteBlobStoreTests : BlobStoreConformance, IDisposable
{
    private const string Writer = "SAMPLE_PLUGINS_WRITER";

    private readonly string _folder = Directory.CreateTempSubdirectory("sample-plugins-").FullName;

    public static TheoryData<string> Cases => new(CasesOf<BlobStoreConformance>());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Conforms(string name) => RunAsync(name, TestContext.Current.CancellationToken);

    /// <summary>In a process that <see cref="StartWriter"/> started, stores objects until the process is killed. This happens before any
    /// test begins.</summary>
    [ModuleInitializer]
    internal static void WriteUntilKilled()
    {
        if (Environment.GetEnvironmentVariable(Writer)?.Split('|') is [var file, var folder])
        {
            // Runs before the generated code of this assembly, which would do the same.
            ProgramPlugins.Add<SamplePlugin>();
            WriteUntilKilledAsync(Open(file), folder, Console.Out).GetAwaiter().GetResult();
        }
    }

    protected override IBlobStore Create() => Open(Path.Combine(_folder, "runs.db"));

    protected override Process StartWriter(string folder)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(SqliteBlobStoreTests).Assembly.Location])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[Writer] = $"{Path.Combine(_folder, "runs.db")}|{folder}";
        return Process.Start(start)!;
    }

    private static IBlobStore Open(string file)
        => RunStores.OpenBlobs(new StoreAddress("sqlite", file), StoreOptions.Without(TimeProvider.System));
}

/// <summary>The records beside the data keep the promises of a metadata provider.</summary>
public sealed class SqliteMetadataTests : MetadataProviderConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sample-plugins-").FullName;

    public static TheoryData<string> Cases => new(CasesOf<MetadataProviderConformance>());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Conforms(string name) => RunAsync(name, TestContext.Current.CancellationToken);

    protected override IMetadataProvider Create() => RunStores.Open(
        new StoreAddress("sqlite", Path.Combine(_folder, "runs.db")), StoreOptions.Without(TimeProvider.System), "sqlite").Metadata;
}
