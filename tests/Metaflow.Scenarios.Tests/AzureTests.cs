using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Scenarios.Tests.Clouds;

namespace Metaflow.Scenarios.Tests;

/// <summary>Runs in Azure Blob Storage, as Azurite emulates it.</summary>
public sealed class AzureTests(AzuriteServer azurite) : CloudRunTests(new AzuriteCloud(azurite))
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
}
