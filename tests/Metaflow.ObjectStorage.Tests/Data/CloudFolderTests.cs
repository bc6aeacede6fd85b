using Metaflow.Azure;
using Metaflow.Gcp;
using Metaflow.ObjectStorage.Data;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Plugins;

namespace Metaflow.ObjectStorage.Tests.Data;

/// <summary>Data of authors in a service other than S3, as its emulator has it.</summary>
public abstract class CloudFolderTests : ObjectFolderSuite
{
    private string _root = null!;
    private (string Name, string Value)[] _settings = [];

    protected override string Root => _root;

    protected override ObjectFolder Open(string? root)
        => root is null
            ? ObjectFolder.OpenAddresses(DataPlace.OptionsWith(_settings))
            : ObjectFolder.Open(root, DataPlace.OptionsWith(_settings));

    protected void Use(string root, params (string Name, string Value)[] settings) => (_root, _settings) = (root, settings);
}

/// <summary>The same in Azure.</summary>
public sealed class AzureFolderTests(AzuriteServer azurite) : CloudFolderTests
{
    public override async ValueTask InitializeAsync()
    {
        var server = await azurite.RequiredAsync();
        ProgramPlugins.Add<AzurePlugin>();
        var variables = Containers.KeyOf(server);
        Environment.SetEnvironmentVariable("AZURE_STORAGE_KEY", AzuriteServer.Key);
        Use(
            $"azure://{await Containers.CreatePlaceAsync(server)}/some/prefix",
            [.. variables.Select(static variable => (variable.Key, variable.Value))]);
        await base.InitializeAsync();
    }
}

/// <summary>The same in Google Cloud Storage.</summary>
public sealed class GoogleFolderTests(GoogleEmulator google) : CloudFolderTests
{
    public override async ValueTask InitializeAsync()
    {
        var rules = await google.RequiredAsync();
        var server = rules.Address;
        ProgramPlugins.Add<GcpPlugin>();
        Environment.SetEnvironmentVariable("STORAGE_EMULATOR_HOST", server.ToString());
        Use($"gs://{rules.CreateBucket()}/some/prefix");
        await base.InitializeAsync();
    }
}
