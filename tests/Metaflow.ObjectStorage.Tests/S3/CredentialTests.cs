using Metaflow.Aws.Credentials;
using Metaflow.Aws.Signing;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace Metaflow.ObjectStorage.Tests.S3;

/// <summary>Where credentials come from.</summary>
public sealed class CredentialTests(MotoServer moto) : IDisposable
{
    private const string Role = "arn:aws:iam::123456789012:role/analyst";
    private readonly string _home = Directory.CreateTempSubdirectory("credentials").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Variables_come_before_files()
    {
        Write("credentials", "[default]\naws_access_key_id = file\naws_secret_access_key = s");
        Assert.Equal(
            new AwsCredentials("id", "secret", "token"),
            await FindAsync(("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_SESSION_TOKEN", "token")));
        Assert.Equal("file", (await FindAsync()).AccessKeyId);
    }

    [Fact]
    public async Task A_profile_that_is_named_comes_before_the_keys_of_variables()
    {
        Write(
            "credentials",
            "\n[\"work\"]\nAWS_ACCESS_KEY_ID=work\naws_secret_access_key=s\n\n# no\n; no\n\n[profile default]\naws_access_key_id=other");
        Assert.Equal(
            "work", (await FindAsync(("AWS_PROFILE", "work"), ("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "s"))).AccessKeyId);
    }

    [Fact]
    public async Task A_role_is_assumed_with_the_keys_of_another_profile()
    {
        Write("config", $"[profile work]\nrole_arn = {Role}\nsource_profile = base\nexternal_id = a b\nregion = eu-west-1");
        Write("credentials", "[base]\naws_access_key_id = base\naws_secret_access_key = s");

        var found = await FindAsync(("AWS_PROFILE", "work"), ("AWS_ENDPOINT_URL", (await moto.RequiredAsync()).ToString()));

        Assert.NotEqual("base", found.AccessKeyId);
        Assert.NotNull(found.SessionToken);
        Assert.True(found.ExpiresAt > DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task A_token_of_another_provider_is_exchanged_for_a_role()
    {
        Write("token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwb2QifQ.");
        var found = await FindAsync(
            ("AWS_ENDPOINT_URL", (await moto.RequiredAsync()).ToString()), ("AWS_ROLE_ARN", Role),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", Path.Combine(_home, ".aws", "token")));
        Assert.NotNull(found.SessionToken);
    }

    [Fact]
    public async Task A_program_gives_keys()
    {
        Write(
            "config",
            """[default]"""
                + "\ncredential_process = echo '{\"Version\": 1, \"AccessKeyId\": \"made\", \"SecretAccessKey\": \"s\", "
                + "\"SessionToken\": \"t\", \"Expiration\": \"2099-01-01T00:00:00Z\"}'");
        Assert.Equal(
            new AwsCredentials("made", "s", "t", new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero)), await FindAsync());
    }

    [Fact]
    public async Task A_container_and_a_machine_have_roles()
    {
        await using var server = await SmallServer.StartAsync(static context => context.Response.WriteAsync(
            (context.Request.Method, context.Request.Path.Value, context.Request.Headers.Authorization.ToString(),
                context.Request.Headers["x-aws-ec2-metadata-token"].ToString()) switch
            {
                ("GET", "/task", "Bearer 1", _) => """{"AccessKeyId":"task","SecretAccessKey":"s","Token":"t"}""",
                ("PUT", "/latest/api/token", _, _) => "secret-token",
                ("GET", "/latest/meta-data/iam/security-credentials/", _, "secret-token") => "machine-role",
                ("GET", "/latest/meta-data/iam/security-credentials/machine-role", _, "secret-token") =>
                    """{"Code":"Success","AccessKeyId":"machine","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}""",
                _ => "{}",
            }));
        Assert.Equal("task", (await FindAsync(
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{server.Address}task"), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer 1")))
            .AccessKeyId);
        Assert.Equal(
            "machine",
            (await FindAsync(("AWS_EC2_METADATA_DISABLED", "false"), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.Address.ToString())))
                .AccessKeyId);
    }

    [Fact]
    public async Task A_service_that_is_busy_is_asked_again()
    {
        var asked = 0;
        await using var server = await SmallServer.StartAsync(context =>
        {
            context.Response.StatusCode = asked++ == 0 ? 503 : 200;
            return context.Response.WriteAsync("""{"AccessKeyId":"task","SecretAccessKey":"s","Token":"t"}""");
        });
        Assert.Equal("task", (await FindAsync(("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.Address.ToString()))).AccessKeyId);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_user_who_has_signed_on_has_the_keys_of_a_role()
    {
        await using var server = await SmallServer.StartAsync(static context => context.Response.WriteAsync(
            context.Request.Headers["x-amz-sso_bearer_token"] == "signed" && context.Request.Query["role_name"] == "reader"
                ? """{"roleCredentials":{"accessKeyId":"sso","secretAccessKey":"s","sessionToken":"t","expiration":4070908800000}}"""
                : "{}"));
        Write(
            "config",
            "[default]\nsso_session = work\nsso_account_id = 1\nsso_role_name = reader\n"
                + "[sso-session work]\nsso_start_url = https://x\nsso_region = eu-west-1");

        // The name is the SHA-1 of 'work'.
        Write(
            "sso/cache/e274eeff768c6396088ec6eb091f4bf4d47ab1e0.json",
            """{"accessToken": "signed", "expiresAt": "2099-01-01T00:00:00Z"}""");

        var found = await FindAsync(("AWS_ENDPOINT_URL_SSO", server.Address.ToString()));

        Assert.Equal(("sso", "t"), (found.AccessKeyId, found.SessionToken));
    }

    [Fact]
    public async Task Without_any_the_error_says_where_they_were_looked_for()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => FindAsync());
        Assert.Equal(ErrorCodes.CredentialsMissing, error.Code);
        Assert.Contains("'default'", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<ConfigurationException>(() => FindAsync(("AWS_PROFILE", "wrk")));
        Assert.Contains("'wrk'", error.Message, StringComparison.Ordinal);
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_home, ".aws", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private async Task<AwsCredentials> FindAsync(params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string> { ["HOME"] = _home, ["AWS_EC2_METADATA_DISABLED"] = "true" };
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        using var connections = new ConnectionPool(new CertificateCheck("x", null));
        var chain = new CredentialChain(new AwsProfile(environment.GetValueOrDefault), connections, TimeProvider.System);
        return (await chain.GetAsync(TestContext.Current.CancellationToken))!;
    }
}
