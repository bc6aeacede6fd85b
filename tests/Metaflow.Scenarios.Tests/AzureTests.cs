using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Metaflow.ObjectStorage.Tests.Servers;

namespace Metaflow.Scenarios.Tests;

/// <summary>Runs in Azure Blob Storage, as Azurite emulates it.</summary>
public sealed class AzureTests(AzuriteServer azurite) : CloudRunTests
{
    // Python Metaflow knows only tokens, which Azurite takes only with TLS: its own parts take a key in their place.
    private const string Reader = """
        import sys
        try:
            import azure.storage.blob, azure.identity
        except ImportError:
            sys.exit(77)
        import os
        from metaflow.plugins.datastores import azure_storage
        root_client = azure_storage._AzureRootClient
        azure_storage.AzureStorage.root_client = property(
            lambda self: root_client(self.datastore_root, shared_access_signature=os.environ["AZURE_STORAGE_KEY"]))
        from metaflow import Flow, namespace
        namespace(None)
        run = Flow("MendableFlow").latest_run
        print(run.successful, run.data.number, run["work"].task.stdout.strip(), run["end"].task.metadata_dict["ds-type"])
        """;

    private const int NoPackage = 77;

    protected override string Cloud => "azure";

    protected override Task<Uri> ServerAsync() => azurite.RequiredAsync();

    private protected override async Task<IReadOnlyDictionary<string, string>> CreateAsync()
    {
        var container = $"c{Guid.NewGuid():N}";
        await CreateAsync(container);
        return new Dictionary<string, string>
        {
            ["AZURE_STORAGE_KEY"] = AzuriteServer.Key,
            ["METAFLOW_AZURE_STORAGE_BLOB_SERVICE_ENDPOINT"] = new Uri(Proxy.Address, AzuriteServer.Account).ToString(),
            ["METAFLOW_DEFAULT_DATASTORE"] = "azure",
            ["METAFLOW_DATASTORE_SYSROOT_AZURE"] = $"{container}/some/runs",
        };
    }

    [Fact]
    public async Task Python_reads_a_run_whose_records_are_in_a_folder()
    {
        PythonReference.SkipWhereMissing();
        await File.WriteAllTextAsync(Path.Combine(Place.Folder, "mended"), "", CancellationToken.None);
        (await Place.RunAsync("MendableFlow", "run", "--metadata", "local")).Succeeded();

        var python = await PythonReference.RunAsync(Place, "-c", Reader);
        Assert.SkipWhen(python.ExitCode == NoPackage, "Python has no azure-storage-blob and azure-identity.");
        Assert.Equal("True 2 before azure", python.Output.Trim());
    }

    /// <summary>Makes a container, with the signature of a request that is as small as possible.</summary>
    private async Task CreateAsync(string container)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Put, new Uri(Proxy.Address, $"/{AzuriteServer.Account}/{container}?restype=container"));
        var date = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-version", "2021-12-02");
        var signed = $"PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:2021-12-02\n"
            + $"/{AzuriteServer.Account}/{AzuriteServer.Account}/{container}\nrestype:container";
        var proof = HMACSHA256.HashData(Convert.FromBase64String(AzuriteServer.Key), Encoding.UTF8.GetBytes(signed));
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKey {AzuriteServer.Account}:{Convert.ToBase64String(proof)}");
        (await client.SendAsync(request, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
    }
}
