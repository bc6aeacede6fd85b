using Metaflow.Aws.Credentials;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Aws.S3;

/// <summary>How a bucket is reached: the settings of Metaflow, and those of AWS's own tools.</summary>
internal sealed record S3Settings : TransferSettings
{
    public static readonly SettingDescription EndpointSetting = new(
        "METAFLOW_S3_ENDPOINT_URL", SettingKind.Text, "It is the address of a server that speaks S3's protocol, in place of Amazon's.")
    { IsForTasks = true };

    public static readonly SettingDescription VerificationSetting = new(
        "METAFLOW_S3_VERIFY_CERTIFICATE", SettingKind.Text,
        "It is the file of the certificates that the server's must come from, or 'false' to trust every server.")
    { IsForTasks = true };

    public static readonly SettingDescription EncryptionSetting = new(
        "METAFLOW_S3_SERVER_SIDE_ENCRYPTION", SettingKind.Text,
        "It is how the server encrypts objects: 'AES256', 'aws:kms' or 'aws:kms:dsse'.")
    { IsForTasks = true };

    public static readonly SettingDescription TransientRetriesSetting = new(
        "METAFLOW_S3_TRANSIENT_RETRY_COUNT", SettingKind.Number,
        "It is how often a request is sent again that failed for a reason that passes.")
    { IsForTasks = true, Default = "20" };

    public static readonly SettingDescription WidthSetting = new(
        "METAFLOW_S3_WORKER_COUNT", SettingKind.Number, "It is how many requests one call sends at the same time.")
    { IsForTasks = true, Default = "64" };

    public static readonly SettingDescription ConditionsSetting = new(
        "METAFLOW_S3_CONDITIONAL_WRITES", SettingKind.Flag,
        "It says whether the server honours 'If-None-Match'. Without it, two processes that create one object at once can both succeed.")
    { IsForTasks = true, Default = "true" };

    public static readonly SettingDescription DataRootSetting = new(
        "METAFLOW_DATATOOLS_S3ROOT", SettingKind.Text, "It is the folder in S3 below which steps keep data of their own.")
    { IsForTasks = true };

    /// <summary>All settings.</summary>
    public static readonly SettingDescription[] All =
    [
        EndpointSetting, VerificationSetting, EncryptionSetting, TransientRetriesSetting, WidthSetting, ConditionsSetting, DataRootSetting,
    ];

    private static readonly string[] EndpointVariables = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

    /// <summary>Gets the server's address; <see langword="null"/> for Amazon's own of the region.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Gets the name of the setting or variable that has the server's address.</summary>
    public string EndpointOrigin { get; init; } = EndpointSetting.Name;

    /// <inheritdoc/>
    public override string RetriesSetting => TransientRetriesSetting.Name;

    /// <inheritdoc/>
    public override string ServerSetting => Endpoint is null ? "the region (AWS_REGION or the profile)" : EndpointOrigin;

    /// <summary>Gets the region.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Gets how certificates are checked, as the setting has it; <see langword="null"/> for as the system does.</summary>
    public string? Verification { get; init; }

    /// <summary>Gets how the server encrypts; <see langword="null"/> for as the bucket says.</summary>
    public string? Encryption { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <param name="options">Metaflow's settings.</param>
    /// <param name="profile">What AWS's own files say, and its variables.</param>
    /// <exception cref="ConfigurationException">One cannot be (MF2105).</exception>
    public static S3Settings Of(StoreOptions options, AwsProfile profile)
    {
        var origin = options.Setting(EndpointSetting.Name) is not null ? EndpointSetting.Name
            : EndpointVariables.FirstOrDefault(name => profile.Variable(name) is not null) ?? EndpointSetting.Name;
        var endpoint = options.Setting(EndpointSetting.Name) ?? profile.Variable(origin);
        return new S3Settings
        {
            Endpoint = endpoint is null ? null : AddressOf(origin, endpoint),
            EndpointOrigin = origin,
            Region = profile.Region ?? "us-east-1",
            Verification = options.Setting(VerificationSetting.Name) ?? profile.Variable("AWS_CA_BUNDLE"),
            Encryption = EncryptionOf(options.Setting(EncryptionSetting.Name)),
            Retries = Number(options, TransientRetriesSetting),
            Width = Math.Max(1, Number(options, WidthSetting)),
            HasConditions = Flag(options, ConditionsSetting),
        };
    }

    /// <summary>Returns the server for a bucket, and what paths begin with there.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="region">The region of the bucket.</param>
    public (ServerAddress Server, string Path) PlaceOf(string bucket, string region)
    {
        if (Endpoint is not null)
        {
            return (ServerAddress.Of(Endpoint), $"{Endpoint.AbsolutePath.TrimEnd('/')}/{bucket}");
        }

        var domain = region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";

        // The certificate of the service does not cover the names of buckets with points.
        return bucket.Contains('.', StringComparison.Ordinal) || bucket.Contains('_', StringComparison.Ordinal)
            ? (new ServerAddress($"s3.{region}.{domain}", 443, IsSecure: true), $"/{bucket}")
            : (new ServerAddress($"{bucket}.s3.{region}.{domain}", 443, IsSecure: true), "");
    }

    private static Uri AddressOf(string origin, string text)
        => EndpointAddress.Parse(origin, text, "https://storage.example.org:9000");

    private static string? EncryptionOf(string? text) => text switch
    {
        null or "AES256" or "aws:kms" or "aws:kms:dsse" => text,
        _ => throw SettingErrors.Invalid(EncryptionSetting.Name, text, "It must be 'AES256', 'aws:kms' or 'aws:kms:dsse'."),
    };

    // Who turns a promise off by a misspelt word must not believe that it is off.
    private static bool Flag(StoreOptions options, SettingDescription setting)
        => (options.Setting(setting.Name) ?? setting.Default!).ToLowerInvariant() switch
        {
            "true" or "1" => true,
            "false" or "0" => false,
            var other => throw SettingErrors.Invalid(setting.Name, other, "It must be 'true' or 'false'."),
        };
}
