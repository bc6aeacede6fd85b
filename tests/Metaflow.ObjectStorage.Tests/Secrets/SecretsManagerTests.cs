using System.Text;
using System.Text.Json;
using Metaflow.Aws.Credentials;
using Metaflow.Aws.Secrets;
using Metaflow.Aws.Signing;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Secrets;
using Metaflow.Settings;
using Metaflow.Storage;
using Microsoft.AspNetCore.Http;

namespace Metaflow.ObjectStorage.Tests.Secrets;

/// <summary>Secrets of AWS, as moto imitates it.</summary>
public sealed class SecretsManagerTests(MotoServer moto) : IDisposable
{
    private const string Region = "METAFLOW_AWS_SECRETS_MANAGER_DEFAULT_REGION";
    private readonly string _home = Directory.CreateTempSubdirectory("secrets").FullName;
    private readonly string _name = $"team/db-{Guid.NewGuid():N}";

    private string Variable => _name.Replace('/', '_').Replace('-', '_');

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task The_members_of_a_JSON_object_become_variables()
    {
        await CreateAsync("""{"user-name": "ada", "db.port": 5432, "a/b": true}""");
        Assert.Equal(
            new Dictionary<string, string> { ["user_name"] = "ada", ["db_port"] = "5432", ["a_b"] = "true" }, await ReadAsync(_name));
    }

    [Fact]
    public async Task Another_value_becomes_one_variable_with_the_name_of_the_secret_or_the_one_that_the_source_gives()
    {
        await CreateAsync("hunter22");
        Assert.Equal(new() { [Variable] = "hunter22" }, await ReadAsync($"{_name}?json=false"));
        Assert.Equal(new() { ["TOKEN"] = "hunter22" }, await ReadAsync($"{_name}?env_var_name=TOKEN&json=False"));
    }

    [Fact]
    public async Task Bytes_become_a_variable_in_base_64()
    {
        await CallAsync("CreateSecret", new { Name = _name, SecretBinary = "/wCA", ClientRequestToken = Guid.NewGuid() });
        Assert.Equal(new() { [Variable] = "/wCA" }, await ReadAsync(_name));
    }

    [Fact]
    public async Task An_ARN_names_the_region_too()
    {
        var made = await CreateAsync("""{"A": "of-the-west"}""", "eu-west-1");
        var arn = made.GetProperty("ARN").GetString()!;
        Assert.Equal(new() { ["A"] = "of-the-west" }, await ReadAsync(arn, (Region, "us-east-1")));
        Assert.Equal(new() { ["A"] = "of-the-west" }, await ReadAsync(_name, (Region, "eu-west-1"), ("AWS_REGION", "us-east-1")));
        Assert.Equal(new() { ["A"] = "of-the-west" }, await ReadAsync($"{_name}?region=eu-west-1", (Region, "us-east-1")));
        Assert.Equal(new() { ["A"] = "of-the-west" }, await ReadAsync(_name, (Region, ""), ("AWS_REGION", "eu-west-1")));
    }

    [Theory]
    [InlineData("", "given", null)]
    [InlineData("?role=arn%3Aaws%3Aiam::123456789012:role/option", "option", "given")]
    [InlineData("", "setting", null, "METAFLOW_AWS_SECRETS_MANAGER_DEFAULT_ROLE")]
    public async Task A_role_is_assumed_before_the_secret_is_read(string options, string expected, string? role, string? setting = null)
    {
        var assumed = new List<string>();
        var keys = new List<string>();
        await using var server = await SmallServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            if (body.Contains("AssumeRole", StringComparison.Ordinal))
            {
                assumed.Add(Uri.UnescapeDataString(body));
                await context.Response.WriteAsync(
                    "<A><AccessKeyId>of-role</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></A>");
                return;
            }

            keys.Add(context.Request.Headers.Authorization.ToString());
            await context.Response.WriteAsync("""{"Name": "x", "SecretString": "{\"A\": \"value\"}"}""");
        });
        role = setting is null && role is null ? expected : role;
        var values = await ReadAsync(
            $"{_name}{options}", role is null ? null : $"arn:aws:iam::123456789012:role/{role}",
            ("AWS_ENDPOINT_URL", server.Address.ToString()), (setting ?? "OTHER", "arn:aws:iam::123456789012:role/setting"));
        Assert.Equal("value", values["A"]);
        Assert.Contains($"RoleArn=arn:aws:iam::123456789012:role/{expected}&", Assert.Single(assumed), StringComparison.Ordinal);
        Assert.Contains("Credential=of-role/", Assert.Single(keys), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_reads_from_moto_as_well()
    {
        await CreateAsync("""{"A": "b"}""");
        Assert.Equal("b", (await ReadAsync(_name, "arn:aws:iam::123456789012:role/reader"))["A"]);
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_an_error()
    {
        var error = await Assert.ThrowsAsync<StepFailedException>(() => ReadAsync(_name));
        Assert.Equal("MF3041", error.Code);
        Assert.Contains("us-east-1", error.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no json, hunter22", "It is not valid JSON.")]
    [InlineData("[\"hunter22\"]", "an array")]
    [InlineData("{\"a-b\": \"hunter22\", \"a_b\": \"hunter22\"}", "'a_b'")]
    [InlineData("{\"a\": \"hunter22\\u0000\"}", "U+0000")]
    public async Task A_value_that_cannot_become_variables_is_an_error_that_does_not_show_it(string value, string why)
    {
        await CreateAsync(value);
        var error = await Assert.ThrowsAsync<StepFailedException>(() => ReadAsync(_name));
        Assert.Equal("MF3043", error.Code);
        Assert.Contains(why, error.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?json=maybe")]
    [InlineData("name?jsn=false")]
    [InlineData("name?json")]
    [InlineData("name?json=perhaps")]
    public async Task A_source_that_cannot_be_is_an_error(string source)
        => Assert.Equal("MF3045", (await Assert.ThrowsAsync<StepFailedException>(() => ReadAsync(source))).Code);

    [Fact]
    public async Task Without_a_region_the_error_says_what_to_set()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => ReadAsync(_name, (Region, "")));
        Assert.Equal("MF2084", error.Code);
        Assert.Contains(Region, error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccessDeniedException", "MF3042", "secretsmanager:GetSecretValue")]
    [InlineData("UnrecognizedClientException", "MF3042", "Renew")]
    [InlineData("com.amazonaws.secretsmanager#DecryptionFailure", "MF3042", "kms:Decrypt")]
    [InlineData("InvalidParameterException", "MF3044", "documentation")]
    public async Task A_refusal_says_what_to_do(string type, string code, string fix)
    {
        await using var server = await SmallServer.StartAsync(context =>
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsync($$"""{"__type": "{{type}}", "Message": "No."}""");
        });
        var error = await Assert.ThrowsAsync<StepFailedException>(
            () => ReadAsync(_name, ("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.Address.ToString())));
        Assert.Equal(code, error.Code);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task A_service_without_time_is_asked_again_and_an_answer_in_other_words_is_an_error_that_does_not_show_it()
    {
        var asked = 0;
        await using var server = await SmallServer.StartAsync(context =>
        {
            context.Response.StatusCode = asked++ switch { 0 => 503, 1 => 400, _ => 200 };
            return context.Response.WriteAsync(
                context.Response.StatusCode == 400 ? """{"__type": "ThrottlingException"}""" : """{"Secret": "hunter22"}""");
        });
        var error = await Assert.ThrowsAsync<StepFailedException>(
            () => ReadAsync(_name, ("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.Address.ToString())));
        Assert.Equal(("MF3044", 3), (error.Code, asked));
        Assert.DoesNotContain("hunter22", error.ToString(), StringComparison.Ordinal);
    }

    private Task<JsonElement> CreateAsync(string value, string region = "us-east-1")
        => CallAsync("CreateSecret", new { Name = _name, SecretString = value, ClientRequestToken = Guid.NewGuid() }, region);

    private async Task<JsonElement> CallAsync(string operation, object body, string region = "us-east-1")
    {
        var address = await moto.RequiredAsync();
        using var connections = new ConnectionPool(new CertificateCheck("", null));
        var request = new ObjectRequest("POST", "/") { Body = JsonSerializer.SerializeToUtf8Bytes(body) };
        request.Headers["content-type"] = "application/x-amz-json-1.1";
        request.Headers["x-amz-target"] = $"secretsmanager.{operation}";
        new SignatureV4("secretsmanager").Sign(
            request, ServerAddress.Of(address).Authority, region, new AwsCredentials("k", "s"), DateTimeOffset.UtcNow);
        var reply = await ServiceExchange.SendAsync(connections, address, request, TestContext.Current.CancellationToken);
        Assert.True(reply.Succeeded, reply.Text);
        return JsonDocument.Parse(Encoding.UTF8.GetString(reply.Body)).RootElement;
    }

    private Task<Dictionary<string, string>> ReadAsync(string source, params (string Name, string Value)[] variables)
        => ReadAsync(source, null, variables);

    private async Task<Dictionary<string, string>> ReadAsync(
        string source, string? role, params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = _home,
            ["AWS_ACCESS_KEY_ID"] = "k",
            ["AWS_SECRET_ACCESS_KEY"] = "s",
            ["AWS_ENDPOINT_URL"] = (await moto.RequiredAsync()).ToString(),
            [Region] = "us-east-1",
        };
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        var provider = new SecretsManagerProvider(
            SettingReader.Of(StoreOptions.Of(environment, TimeProvider.System)), new AwsProfile(environment.GetValueOrDefault),
            TimeProvider.System);
        return new(await provider.GetSecretsAsync(
            new SecretRequest(source, role, _home), TestContext.Current.CancellationToken));
    }
}
