using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Tool.Setup;

/// <summary>What a profile needs for a cloud.</summary>
/// <param name="Name">The name of the cloud, as commands have it.</param>
/// <param name="Title">The name of its store of objects.</param>
/// <param name="Package">The package that flows reference.</param>
/// <param name="StoreType">The type of its datastores.</param>
/// <param name="Questions">The questions. Only those are here whose answers have an effect.</param>
internal sealed record CloudSetup(
    string Name, string Title, string Package, string StoreType, IReadOnlyList<SetupQuestion> Questions)
{
    /// <summary>The records of runs are in the datastore, which is the default there.</summary>
    public const string RecordsInStore = "store";

    private static readonly SetupQuestion Records = new(
        "metadata", "type", SettingNames.DefaultMetadata,
        "Where to keep the records of runs: 'store' in the datastore, 'local' on this machine")
    {
        Choices = [RecordsInStore, StoreAddress.LocalType],
        Otherwise = static _ => RecordsInStore,
    };

    private static readonly SetupQuestion RootOfS3 = Root("s3", "s3://our-runs/metaflow");

    /// <summary>Gets that of Amazon.</summary>
    public static CloudSetup Aws { get; } = new(
        "aws", "Amazon S3", "Metaflow.Aws", "s3",
        [
            new("endpoint", "url", "METAFLOW_S3_ENDPOINT_URL", "The address of a server that speaks S3's protocol, in place of Amazon's")
            {
                IsRare = true,
            },
            RootOfS3,
            new("data-root", "address", "METAFLOW_DATATOOLS_S3ROOT", "The root of data that steps keep themselves")
            {
                Example = "s3://our-runs/metaflow/data",
                IsPlace = true,
                Otherwise = static answers
                    => answers.TryGetValue(RootOfS3.Setting, out var root) ? $"{root.TrimEnd('/')}/data" : null,
            },
            Records,
        ]);

    /// <summary>Gets that of Microsoft.</summary>
    public static CloudSetup Azure { get; } = new(
        "azure", "Azure Blob Storage", "Metaflow.Azure", "azure",
        [
            new("endpoint", "url", "METAFLOW_AZURE_STORAGE_BLOB_SERVICE_ENDPOINT", "The address of the storage account")
            {
                Example = "https://ours.blob.core.windows.net",
                OtherVariables = ["AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCOUNT"],
            },
            Root("azure", "our-runs/metaflow"),
            Records,
        ]);

    /// <summary>Gets that of Google.</summary>
    public static CloudSetup Google { get; } = new(
        "gcp", "Google Cloud Storage", "Metaflow.Gcp", "gs",
        [
            new("endpoint", "url", "METAFLOW_GS_ENDPOINT_URL", "The address of another server, in place of Google's") { IsRare = true },
            Root("gs", "gs://our-runs/metaflow"),
            Records,
        ]);

    /// <summary>Gets the options that answer all that must be answered, for example.</summary>
    public string ExampleOptions => string.Join(
        ' ',
        Questions.Take(Questions.Index().First(static question => question.Item.IsPlace).Index + 1)
            .Where(static question => question.Example.Length > 0)
            .Select(static question => $"--{question.Option} {question.Example}"));

    private static SetupQuestion Root(string type, string example)
        => new("root", "address", SettingNames.DatastoreRootOf(type), "The root of the datastore")
        {
            Example = example,
            IsPlace = true,
        };
}
