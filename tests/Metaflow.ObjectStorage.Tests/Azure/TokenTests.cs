using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Metaflow.Azure.Credentials;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace Metaflow.ObjectStorage.Tests.Azure;

/// <summary>Where tokens come from.</summary>
public sealed class TokenTests : IDisposable
{
    private const string Reply = """{"access_token":"given","expires_in":3600,"token_type":"Bearer"}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("tokens").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_service_principal_proves_itself_with_a_secret()
    {
        var form = await FormOfAsync(("AZURE_CLIENT_SECRET", "s&s"));
        Assert.Equal(
            ("/our-tenant/oauth2/v2.0/token", "client_credentials", "us", "s&s", "https://storage.azure.com/.default"),
            (form["path"], form["grant_type"], form["client_id"], form["client_secret"], form["scope"]));
    }

    [Fact]
    public async Task A_service_principal_proves_itself_with_a_certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=us", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(_folder, "us.pem");
        await File.WriteAllTextAsync(
            path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);

        var form = await FormOfAsync(("AZURE_CLIENT_CERTIFICATE_PATH", path));

        var parts = form["client_assertion"].Split('.');
        Assert.True(key.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1));
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        Assert.Equal("us", claims.RootElement.GetProperty("iss").GetString());
        Assert.EndsWith("/our-tenant/oauth2/v2.0/token", claims.RootElement.GetProperty("aud").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workload_of_Kubernetes_proves_itself_with_the_token_in_its_file()
    {
        var path = Path.Combine(_folder, "token");
        await File.WriteAllTextAsync(path, "of-kubernetes\n", TestContext.Current.CancellationToken);
        Assert.Equal("of-kubernetes", (await FormOfAsync(("AZURE_FEDERATED_TOKEN_FILE", path)))["client_assertion"]);
    }

    [Fact]
    public async Task An_app_a_job_and_a_machine_have_identities()
    {
        await using var server = await SmallServer.StartAsync(static context => context.Response.WriteAsync(
            (context.Request.Path.Value, context.Request.Query["api-version"].ToString(), context.Request.Query["resource"].ToString(),
                context.Request.Headers["x-identity-header"] + context.Request.Headers["secret"] + context.Request.Headers["metadata"])
            switch
            {
                ("/app", "2019-08-01", TokenChain.Storage, "h") when context.Request.Query["client_id"] == "us" => TokenOf("app"),
                ("/job", "2017-09-01", TokenChain.Storage, "s") => TokenOf("job"),
                ("/metadata/identity/oauth2/token", "2018-02-01", TokenChain.Storage, "true") => TokenOf("machine"),
                _ => "{}",
            }));
        Assert.Equal("app", (await FindAsync(
            ("IDENTITY_ENDPOINT", $"{server.Address}app"), ("IDENTITY_HEADER", "h"), ("AZURE_CLIENT_ID", "us"))).Value);
        Assert.Equal("job", (await FindAsync(("MSI_ENDPOINT", $"{server.Address}job"), ("MSI_SECRET", "s"))).Value);
        var found = await FindAsync(("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.Address.ToString()));
        Assert.Equal(("machine", DateTimeOffset.FromUnixTimeSeconds(4070908800)), (found.Value, found.ExpiresAt));

        static string TokenOf(string name) => $$"""{"access_token":"{{name}}","expires_on":"4070908800"}""";
    }

    [Fact]
    public async Task A_service_that_is_busy_is_asked_again_and_one_that_refuses_is_quoted()
    {
        var asked = 0;
        await using var server = await SmallServer.StartAsync(context =>
        {
            context.Response.StatusCode = asked++ == 0 ? 503 : 401;
            return context.Response.WriteAsync("""{"error":"invalid_client","error_description":"The secret has ended.\r\nTrace: 1"}""");
        });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => FindAsync(
            ("AZURE_TENANT_ID", "t"), ("AZURE_CLIENT_ID", "us"), ("AZURE_CLIENT_SECRET", "s"),
            ("AZURE_AUTHORITY_HOST", server.Address.ToString())));

        Assert.Equal((2, ErrorCodes.CredentialsMissing), (asked, error.Code));
        Assert.Contains("The secret has ended.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Trace", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_is_not_sent_without_encryption()
        => Assert.Contains(
            "TLS",
            (await Assert.ThrowsAsync<ConfigurationException>(() => FindAsync(
                ("AZURE_TENANT_ID", "t"), ("AZURE_CLIENT_ID", "us"), ("AZURE_CLIENT_SECRET", "s"),
                ("AZURE_AUTHORITY_HOST", "http://login.example.org")))).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task Without_any_the_error_says_where_they_were_looked_for()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(
            () => FindAsync(("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")));
        Assert.Equal(ErrorCodes.CredentialsMissing, error.Code);
        Assert.Contains("AZURE_TOKEN_CREDENTIALS is 'EnvironmentCredential'", error.Message, StringComparison.Ordinal);
        Assert.Contains("az login", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_a_server_does_not_accept_is_renewed_once()
    {
        var tokens = 0;
        await using var server = await SmallServer.StartAsync(context =>
        {
            if (context.Request.Path.Value!.EndsWith("/token", StringComparison.Ordinal))
            {
                return context.Response.WriteAsync($$"""{"access_token":"{{++tokens}}","expires_in":3600}""");
            }

            var isGood = context.Request.Headers.Authorization == "Bearer 2";
            context.Response.StatusCode = isGood ? 200 : 401;
            context.Response.Headers.ETag = "\"e\"";
            return isGood ? context.Response.WriteAsync("content") : Task.CompletedTask;
        });
        var store = Containers.StoreOf(
            new Dictionary<string, string>
            {
                [StorageAccount.EndpointSetting.Name] = server.Address.ToString(),
                ["AZURE_TENANT_ID"] = "t",
                ["AZURE_CLIENT_ID"] = "us",
                ["AZURE_CLIENT_SECRET"] = "s",
                ["AZURE_AUTHORITY_HOST"] = server.Address.ToString(),
            },
            "some-container");
        for (var reads = 0; reads < 3; reads++)
        {
            Assert.NotNull(await store.OpenAsync("x", TestContext.Current.CancellationToken));
        }

        Assert.Equal(2, tokens);
    }

    [Fact]
    public async Task A_token_is_not_sent_without_encryption()
    {
        var store = Containers.StoreOf(
            new Dictionary<string, string> { [StorageAccount.EndpointSetting.Name] = "http://ours.example.org" }, "some-container");
        Assert.Equal(
            ErrorCodes.InvalidSetting,
            (await Assert.ThrowsAsync<ConfigurationException>(
                async () => await store.OpenAsync("x", TestContext.Current.CancellationToken))).Code);
    }

    private static async Task<Dictionary<string, string>> FormOfAsync((string Name, string Value) proof)
    {
        var form = new Dictionary<string, string>();
        await using var server = await SmallServer.StartAsync(async context =>
        {
            foreach (var (name, value) in await context.Request.ReadFormAsync())
            {
                form[name] = value.ToString();
            }

            form["path"] = context.Request.Path.Value!;
            await context.Response.WriteAsync(Reply);
        });
        var token = await FindAsync(
            ("AZURE_TENANT_ID", "our-tenant"), ("AZURE_CLIENT_ID", "us"), ("AZURE_AUTHORITY_HOST", server.Address.ToString()), proof);
        Assert.Equal("given", token.Value);
        return form;
    }

    private static async Task<AccessToken> FindAsync(params (string Name, string Value)[] variables)
    {
        var environment = variables.ToDictionary(static variable => variable.Name, static variable => variable.Value);
        using var connections = new ConnectionPool(new CertificateCheck("", null));
        var chain = new TokenChain(new AzureVariables(environment.GetValueOrDefault), connections, TimeProvider.System);
        return await chain.GetAsync(TestContext.Current.CancellationToken);
    }
}
