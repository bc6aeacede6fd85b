using Metaflow.Azure.Credentials;
using Metaflow.Azure.Secrets;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Secrets;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Secrets;
using Metaflow.Settings;
using Metaflow.Storage;
using Microsoft.AspNetCore.Http;

namespace Metaflow.ObjectStorage.Tests.Secrets;

/// <summary>Secrets of Azure, against a strict imitation.</summary>
public sealed class KeyVaultTests
{
    private const string Prefix = "METAFLOW_AZURE_KEY_VAULT_PREFIX";
    private const string Version = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("db-password", "db_password", "new")]
    [InlineData("db-password/" + Version, "db_password", "old")]
    [InlineData("db-password?env_var_name=TOKEN", "TOKEN", "new")]
    [InlineData("{0}secrets/db-password", "db_password", "new")]
    [InlineData("{0}secrets/db-password/", "db_password", "new")]
    [InlineData("{0}secrets/db-password/" + Version, "db_password", "old")]
    [InlineData("settings?json=true", "A", "b")]
    public async Task A_secret_is_read_by_its_name_or_its_address(string source, string variable, string value)
        => Assert.Equal(new() { [variable] = value }, await ReadAsync(source));

    [Theory]
    [InlineData("gone", "MF3041", "recovered")]
    [InlineData("disabled", "MF3041", "enabled")]
    [InlineData("closed", "MF3042", "Key Vault Secrets User")]
    [InlineData("other-tenant", "MF3042", "tenant")]
    [InlineData("settings2?json=true", "MF3043", "json=false")]
    [InlineData("strange", "MF3044", "documentation")]
    public async Task A_refusal_says_what_to_do(string source, string code, string fix)
    {
        var error = await Assert.ThrowsAsync<StepFailedException>(() => ReadAsync(source));
        Assert.Equal(code, error.Code);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://ours.vault.azure.net.example.org/secrets/a")]
    [InlineData("https://evil.example.org/secrets/a")]
    [InlineData("http://ours.vault.azure.net/secrets/a")]
    [InlineData("https://ours.vault.azure.net:8443/secrets/a")]
    [InlineData("https://two--hyphens.vault.azure.net/secrets/a")]
    [InlineData("https://ours.vault.azure.net/keys/a")]
    [InlineData("https://ours.vault.azure.net/secrets/a/1")]
    [InlineData("https://ours.vault.azure.net/secrets/a/b/c")]
    [InlineData("https://ours.vault.azure.net/secrets/1a")]
    [InlineData("a/../b")]
    [InlineData("a_b")]
    public void An_address_that_is_no_secret_of_a_vault_is_an_error(string source)
        => Assert.Equal("MF3045", Assert.Throws<StepFailedException>(() => Parse(source)).Code);

    [Theory]
    [InlineData("https://ours.vault.azure.net/secrets/a", "https://vault.azure.net")]
    [InlineData("https://ours.vault.azure.cn/secrets/a/" + Version, "https://vault.azure.cn")]
    [InlineData("https://ours.vault.usgovcloudapi.net/secrets/a", "https://vault.usgovcloudapi.net")]
    public void A_token_is_for_the_cloud_of_the_vault(string source, string resource) => Assert.Equal(resource, Parse(source).Resource);

    [Fact]
    public void Without_a_vault_the_error_says_what_to_set()
    {
        var error = Assert.Throws<ConfigurationException>(() => VaultSecret.Parse(Reference("a"), null, Prefix));
        Assert.Equal("MF2084", error.Code);
        Assert.Contains(Prefix, error.Fix, StringComparison.Ordinal);
    }

    private static VaultSecret Parse(string source) => VaultSecret.Parse(Reference(source), "https://ours.vault.azure.net/", Prefix);

    private static SecretReference Reference(string source) => SecretReference.Parse(KeyVaultProvider.BackendName, source);

    private static async Task<Dictionary<string, string>> ReadAsync(string source)
    {
        await using var server = await SmallServer.StartAsync(AnswerAsync);
        var environment = new Dictionary<string, string>
        {
            [Prefix] = server.Address.ToString(),
            ["AZURE_AUTHORITY_HOST"] = server.Address.ToString(),
            ["AZURE_TENANT_ID"] = "tenant",
            ["AZURE_CLIENT_ID"] = "us",
            ["AZURE_CLIENT_SECRET"] = "s",
        };
        var provider = new KeyVaultProvider(
            SettingReader.Of(StoreOptions.Of(environment, TimeProvider.System)), new AzureVariables(environment.GetValueOrDefault),
            TimeProvider.System);
        return new(await provider.GetSecretsAsync(
            new SecretRequest(source.Replace("{0}", server.Address.ToString(), StringComparison.Ordinal), null, "/"),
            TestContext.Current.CancellationToken));
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path == "/tenant/oauth2/v2.0/token")
        {
            var form = await request.ReadFormAsync();
            context.Response.StatusCode = form["scope"] == "https://vault.azure.net/.default" ? 200 : 400;
            await context.Response.WriteAsync("""{"access_token": "given", "expires_in": 3600}""");
            return;
        }

        var isGood = request is { Method: "GET", QueryString.Value: "?api-version=7.4" } && request.Headers.Authorization == "Bearer given";
        var (status, body) = !isGood ? (418, "{}") : request.Path.Value switch
        {
            "/secrets/db-password/" => (200, """{"value": "new", "id": "https://x/secrets/db-password/2"}"""),
            "/secrets/db-password/" + Version => (200, """{"value": "old", "id": "https://x/secrets/db-password/1"}"""),
            "/secrets/settings/" => (200, """{"value": "{\"A\": \"b\"}"}"""),
            "/secrets/settings2/" => (200, """{"value": "A=hunter22"}"""),
            "/secrets/gone/" => (404, """{"error": {"code": "SecretNotFound", "message": "None."}}"""),
            "/secrets/disabled/" => (
                403, """{"error": {"code": "Forbidden", "message": "Off.", "innererror": {"code": "SecretDisabled"}}}"""),
            "/secrets/closed/" => (
                403, """{"error": {"code": "Forbidden", "message": "No.", "innererror": {"code": "ForbiddenByRbac"}}}"""),
            "/secrets/other-tenant/" => (401, """{"error": {"code": "Unauthorized", "message": "AKV10032: Invalid issuer."}}"""),
            "/secrets/strange/" => (200, """["hunter22"]"""),
            _ => (418, "{}"),
        };
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(body);
    }
}
