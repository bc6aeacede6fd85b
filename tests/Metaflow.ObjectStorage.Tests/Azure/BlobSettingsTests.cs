using Metaflow.Azure.Blobs;
using Metaflow.Azure.Credentials;
using Metaflow.Azure.Signing;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Http;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Tests.Azure;

/// <summary>The settings of storage accounts.</summary>
public sealed class BlobSettingsTests
{
    private const string Endpoint = "METAFLOW_AZURE_STORAGE_BLOB_SERVICE_ENDPOINT";
    private const string Connection = "AZURE_STORAGE_CONNECTION_STRING";

    [Theory]
    [InlineData("https://ours.blob.core.windows.net/", null, null, "https://ours.blob.core.windows.net/", "ours")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1", null, null, "http://127.0.0.1:10000/devstoreaccount1", "devstoreaccount1")]
    [InlineData(null, "ours", null, "https://ours.blob.core.windows.net/", "ours")]
    [InlineData("https://data.example.org/?sv=1&sig=2", "ours", null, "https://data.example.org/", "ours")]
    [InlineData(null, null, "UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1", "devstoreaccount1")]
    [InlineData(
        null, null, "DefaultEndpointsProtocol=https;AccountName=ours;AccountKey=QQ==;EndpointSuffix=core.chinacloudapi.cn",
        "https://ours.blob.core.chinacloudapi.cn/", "ours")]
    [InlineData(null, null, "BlobEndpoint=https://ours.blob.core.windows.net/;SharedAccessSignature=sv=1&sig=2",
        "https://ours.blob.core.windows.net/", "ours")]
    public void An_account_is_named_by_an_address_a_name_or_a_connection_string(
        string? endpoint, string? name, string? connection, string address, string account)
    {
        var found = AccountOf((Endpoint, endpoint), ("AZURE_STORAGE_ACCOUNT", name), (Connection, connection));
        Assert.Equal((address, account), (found.Endpoint.ToString(), found.Name));
    }

    [Theory]
    [InlineData(typeof(BearerToken))]
    [InlineData(typeof(SharedAccess), "AZURE_STORAGE_SAS_TOKEN", "?sv=1&sig=2")]
    [InlineData(typeof(SharedKey), "AZURE_STORAGE_SAS_TOKEN", "?sv=1&sig=2", "AZURE_STORAGE_KEY", "QQ==")]
    [InlineData(typeof(SharedAccess), Endpoint, "https://ours.blob.core.windows.net/?sv=1&sig=2", "AZURE_STORAGE_KEY", "QQ==")]
    [InlineData(typeof(SharedKey), Connection, "AccountName=ours;AccountKey=QQ==", "AZURE_STORAGE_SAS_TOKEN", "?sv=1&sig=2")]
    public void A_key_comes_before_a_signature_and_both_before_tokens(Type expected, params string[] variables)
    {
        var given = variables.Chunk(2).Select(static pair => (pair[0], (string?)pair[1])).Append(("AZURE_STORAGE_ACCOUNT", "ours"));
        using var connections = new ConnectionPool(new CertificateCheck("", null));
        Assert.IsType(
            expected, Authorizations.Of(AccountOf([.. given]), new AzureVariables(static _ => null), connections, TimeProvider.System));
    }

    [Theory]
    [InlineData(Endpoint, "ours", ErrorCodes.InvalidSetting)]
    [InlineData(Endpoint, "ours.blob.core.windows.net/?sv=1&sig=secret", ErrorCodes.InvalidSetting)]
    [InlineData(Endpoint, "https://user:secret@ours.blob.core.windows.net", ErrorCodes.InvalidSetting)]
    [InlineData(Connection, "BlobEndpoint=https://user:secret@ours.example.org", ErrorCodes.InvalidSetting)]
    [InlineData(Connection, "secret", ErrorCodes.InvalidSetting)]
    [InlineData(Connection, "AccountKey=secret", ErrorCodes.InvalidSetting)]
    [InlineData("AZURE_STORAGE_KEY", "QQ==", ErrorCodes.StoreAddressInvalid)]
    public void Other_values_are_refused_without_showing_secrets(string name, string value, string code)
    {
        var error = Assert.Throws<ConfigurationException>(() => AccountOf((name, value)));
        Assert.Equal(code, error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_or_a_signature_that_is_none_is_refused()
    {
        Assert.Equal(
            ErrorCodes.InvalidSetting,
            Assert.Throws<ConfigurationException>(() => new SharedKey("ours", new AccountSecret("%", "AZURE_STORAGE_KEY"))).Code);
        Assert.Equal(
            ErrorCodes.InvalidSetting,
            Assert.Throws<ConfigurationException>(() => new SharedAccess(new AccountSecret("sv=1", "AZURE_STORAGE_SAS_TOKEN"))).Code);
    }

    [Theory]
    [InlineData(null, 64)]
    [InlineData("general", 64)]
    [InlineData("high_throughput", 256)]
    public void The_type_of_the_workload_says_how_many_requests_are_sent_at_once(string? value, int expected)
        => Assert.Equal(expected, SettingsWith("METAFLOW_AZURE_STORAGE_WORKLOAD_TYPE", value).Width);

    [Theory]
    [InlineData(null, 20)]
    [InlineData("0", 0)]
    [InlineData("3", 3)]
    public void A_setting_says_how_often_a_request_is_sent_again(string? value, int expected)
        => Assert.Equal(expected, SettingsWith("METAFLOW_AZURE_STORAGE_TRANSIENT_RETRY_COUNT", value).Retries);

    [Theory]
    [InlineData("METAFLOW_AZURE_STORAGE_WORKLOAD_TYPE")]
    [InlineData("METAFLOW_AZURE_STORAGE_TRANSIENT_RETRY_COUNT")]
    public void A_setting_that_cannot_be_is_refused(string name)
    {
        var error = Assert.Throws<ConfigurationException>(() => SettingsWith(name, "fast"));
        Assert.Equal(ErrorCodes.InvalidSetting, error.Code);
        Assert.Contains(name, error.What, StringComparison.Ordinal);
    }

    private static BlobSettings SettingsWith(string name, string? value)
        => BlobSettings.Of(new StoreOptions(asked => asked == name ? value : null, TimeProvider.System));

    private static StorageAccount AccountOf(params (string Name, string? Value)[] variables)
    {
        string? Find(string name) => variables.FirstOrDefault(variable => variable.Name == name).Value;
        return StorageAccount.Of(new StoreOptions(Find, TimeProvider.System), new AzureVariables(Find));
    }
}
