using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Gcp.Credentials;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace Metaflow.ObjectStorage.Tests.Gcp;

/// <summary>Where tokens of Google come from.</summary>
public sealed class GoogleCredentialTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("credentials").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task The_key_of_a_service_account_signs_what_is_exchanged_for_a_token()
    {
        using var key = RSA.Create(2048);
        await using var server = await SmallServer.StartAsync(async context =>
        {
            var parts = (await context.Request.ReadFormAsync())["assertion"].ToString().Split('.');
            var isSigned = key.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1);
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            var sender = claims.RootElement.GetProperty("iss").GetString();
            await context.Response.WriteAsync($$"""{"access_token":"{{sender}} {{isSigned}}","expires_in":3600}""");
        });
        var file = Write("key.json", new
        {
            type = "service_account",
            client_email = "me@x",
            private_key_id = "1",
            private_key = key.ExportPkcs8PrivateKeyPem(),
            token_uri = server.Address + "token",
            quota_project_id = "ours",
        });

        var token = await FindAsync(("GOOGLE_APPLICATION_CREDENTIALS", file));

        Assert.Equal(("me@x True", "ours"), (token.Text, token.QuotaProject));
        Assert.InRange(token.ExpiresAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(61));
    }

    [Fact]
    public async Task A_user_who_has_signed_on_has_a_token()
    {
        await using var server = await SmallServer.StartAsync(static async context => await context.Response.WriteAsync(
            $$"""{"access_token":"of {{(await context.Request.ReadFormAsync())["refresh_token"]}}","expires_in":3600}"""));
        Write(".config/gcloud/application_default_credentials.json", new
        {
            type = "authorized_user",
            client_id = "i",
            client_secret = "s",
            refresh_token = "r",
            token_uri = server.Address + "token",
        });
        Assert.Equal("of r", (await FindAsync()).Text);
    }

    [Fact]
    public async Task An_identity_of_another_provider_becomes_a_service_account()
    {
        await using var server = await SmallServer.StartAsync(static async context => await context.Response.WriteAsync(
            context.Request.Path == "/sts"
                ? $$"""{"access_token":"federated {{(await context.Request.ReadFormAsync())["subject_token"]}}","expires_in":3600}"""
                : $$"""{"accessToken":"{{context.Request.Headers.Authorization}}","expireTime":"2099-01-01T00:00:00Z"}"""));
        var source = Write("token.json", new { id = "jwt" });
        var file = Write("federation.json", new
        {
            type = "external_account",
            audience = "a",
            subject_token_type = "urn:ietf:params:oauth:token-type:jwt",
            token_url = server.Address + "sts",
            service_account_impersonation_url = server.Address + "impersonate",
            credential_source = new { file = source, format = new { type = "json", subject_token_field_name = "id" } },
        });
        Assert.Equal("Bearer federated jwt", (await FindAsync(("GOOGLE_APPLICATION_CREDENTIALS", file))).Text);
    }

    [Fact]
    public async Task A_machine_has_a_service_account_and_is_asked_again_while_it_is_busy()
    {
        var asked = 0;
        await using var server = await SmallServer.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Headers["metadata-flavor"] != "Google" ? 403 : asked++ == 0 ? 503 : 200;
            return context.Response.WriteAsync("""{"access_token":"machine","expires_in":3600}""");
        });
        Assert.Equal("machine", (await FindAsync(("GCE_METADATA_HOST", server.Address.Authority))).Text);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Without_any_the_error_says_where_they_were_looked_for()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => FindAsync(("NO_GCE_CHECK", "true")));
        Assert.Equal(ErrorCodes.CredentialsMissing, error.Code);
        Assert.Contains("application_default_credentials.json", error.Message, StringComparison.Ordinal);
    }

    private string Write(string name, object content)
    {
        var path = Path.Combine(_home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(content));
        return path;
    }

    private async Task<AccessToken> FindAsync(params (string Name, string Value)[] variables)
    {
        var environment = variables.Prepend(("HOME", _home)).ToDictionary();
        using var connections = new ConnectionPool(new CertificateCheck("x", null));
        var credentials = new DefaultCredentials(
            new GoogleVariables(environment.GetValueOrDefault), connections, TimeProvider.System);
        return await credentials.GetAsync(TestContext.Current.CancellationToken);
    }
}
