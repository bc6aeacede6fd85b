using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.ObjectStorage.Transfer;
using Microsoft.AspNetCore.Http;

namespace Metaflow.ObjectStorage.Tests;

/// <summary>Proxies of HTTP between here and a service.</summary>
public sealed class ProxyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("s3", "http_proxy")]
    [InlineData("azure", "HTTP_PROXY")]
    [InlineData("gs", "all_proxy")]
    public async Task Requests_pass_the_proxy_that_a_variable_names(string service, string variable)
    {
        await using var server = await SmallServer.StartAsync(AnswerAsync);
        await using var proxy = new SmallProxy().Start();
        using var connections = PoolOf((variable, $"http://{proxy.Authority}"));

        Assert.Equal("right"u8.ToArray(), await ReadAsync(StoreOf(service, server.Address, connections)));

        Assert.Contains($" http://{server.Address.Authority}/", Assert.Single(proxy.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3", "https_proxy", false)]
    [InlineData("s3", "HTTPS_PROXY", true)]
    [InlineData("azure", "HTTPS_PROXY", false)]
    [InlineData("gs", "HTTPS_PROXY", true)]
    public async Task What_is_secure_passes_the_proxy_through_a_tunnel(string service, string variable, bool blocks)
    {
        using var certificate = Certificate();
        await using var server = await SmallServer.StartAsync(AnswerAsync, certificate);
        await using var proxy = new SmallProxy { Password = "ada:se cret" }.Start();
        using var connections = PoolOf(blocks, (variable, $"ada:se%20cret@{proxy.Authority}"));
        var store = StoreOf(service, server.Address, connections);

        Assert.Equal("right"u8.ToArray(), await ReadAsync(store));
        Assert.Equal("right"u8.ToArray(), await ReadAsync(store));

        Assert.Equal($"CONNECT {server.Address.Authority} HTTP/1.1", Assert.Single(proxy.Lines));
    }

    [Theory]
    [InlineData("s3", true, null)]
    [InlineData("s3", true, "ada:wrong")]
    [InlineData("s3", false, "ada:wrong")]
    [InlineData("azure", true, null)]
    [InlineData("azure", false, null)]
    [InlineData("gs", true, null)]
    [InlineData("gs", false, "ada:wrong")]
    public async Task A_proxy_that_wants_another_password_is_named_with_its_variable(string service, bool isSecure, string? password)
    {
        using var certificate = Certificate();
        await using var server = await SmallServer.StartAsync(AnswerAsync, isSecure ? certificate : null);
        await using var proxy = new SmallProxy { Password = "ada:secret" }.Start();
        var variable = isSecure ? "HTTPS_PROXY" : "http_proxy";
        using var connections = PoolOf((variable, password is null ? proxy.Authority : $"http://{password}@{proxy.Authority}"));

        var error = await Assert.ThrowsAsync<StorageException>(() => ReadAsync(StoreOf(service, server.Address, connections)));

        Assert.Contains($"the proxy {proxy.Authority}, which {variable} names", error.Why, StringComparison.Ordinal);
        Assert.Contains("(407)", error.Why, StringComparison.Ordinal);
        Assert.Contains(variable, error.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error.ToString(), StringComparison.Ordinal);
        Assert.Single(proxy.Lines);
    }

    [Fact]
    public async Task A_proxy_that_is_not_there_is_named_within_seconds()
    {
        using var connections = PoolOf(("https_proxy", "http://127.0.0.1:1"));
        var error = await Assert.ThrowsAsync<StorageException>(
            () => ReadAsync(StoreOf("s3", new Uri("https://storage.invalid"), connections)));
        Assert.Contains("the proxy 127.0.0.1:1, which https_proxy names", error.Why, StringComparison.Ordinal);
        Assert.Contains("https_proxy", error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://s3.example.org", "HTTP_PROXY=up", "up")]
    [InlineData("http://s3.example.org", "HTTP_PROXY=up http_proxy=low", "low")]
    [InlineData("http://s3.example.org", "HTTP_PROXY=up GATEWAY_INTERFACE=CGI/1.1", null)]
    [InlineData("http://s3.example.org", "HTTPS_PROXY=up", null)]
    [InlineData("https://s3.example.org", "HTTP_PROXY=up", null)]
    [InlineData("https://s3.example.org", "HTTPS_PROXY=up ALL_PROXY=all", "up")]
    [InlineData("https://s3.example.org", "ALL_PROXY=all", "all")]
    [InlineData("https://s3.example.org", "HTTPS_PROXY=up NO_PROXY=example.org", null)]
    [InlineData("https://s3.example.org", "HTTPS_PROXY=up NO_PROXY=.example.org", null)]
    [InlineData("https://s3.example.org", "HTTPS_PROXY=up NO_PROXY=*.Example.org", null)]
    [InlineData("https://s3.example.org", "HTTPS_PROXY=up NO_PROXY=a.org,s3.example.org", null)]
    [InlineData("https://s3.example.org", "HTTPS_PROXY=up no_proxy=*", null)]
    [InlineData("https://s3.example.org", "HTTPS_PROXY=up NO_PROXY=ample.org", "up")]
    [InlineData("https://s3.example.org", "HTTPS_PROXY=up NO_PROXY=example.org:443", null)]
    [InlineData("https://s3.example.org", "HTTPS_PROXY=up NO_PROXY=example.org:9000", "up")]
    [InlineData("http://10.1.2.3:9000", "HTTP_PROXY=up NO_PROXY=10.0.0.0/8", null)]
    [InlineData("http://10.1.2.3:9000", "HTTP_PROXY=up NO_PROXY=11.0.0.0/8", "up")]
    [InlineData("http://[::1]:9000", "HTTP_PROXY=up NO_PROXY=[::1]:9000", null)]
    [InlineData("http://[::1]:9000", "HTTP_PROXY=up NO_PROXY=::1", null)]
    [InlineData("http://169.254.169.254", "HTTP_PROXY=up", null)]
    [InlineData("http://metadata.google.internal", "HTTP_PROXY=up", null)]
    public void Variables_say_which_server_is_reached_through_which_proxy(string server, string variables, string? proxy)
    {
        var set = variables.Split(' ').Select(static pair => pair.Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => pair[1]);
        Assert.Equal(proxy, new ProxyVariables(set.GetValueOrDefault).For(ServerAddress.Of(new Uri(server)))?.Address.Host);
    }

    [Theory]
    [InlineData("socks5://proxy:1080")]
    [InlineData("http://")]
    [InlineData("http://ada:SECRET@proxy:port")]
    public void A_variable_that_is_no_address_of_a_proxy_is_refused(string value)
    {
        var error = Assert.Throws<ConfigurationException>(
            () => new ProxyVariables(name => name == "HTTPS_PROXY" ? value : null).For(new ServerAddress("s3.example.org", 443, true)));
        Assert.Equal(ErrorCodes.InvalidSetting, error.Code);
        Assert.Contains("HTTPS_PROXY", error.What, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.Message, StringComparison.Ordinal);
    }

    private static ConnectionPool PoolOf(params (string Name, string Value)[] variables) => PoolOf(blocks: false, variables);

    private static ConnectionPool PoolOf(bool blocks, params (string Name, string Value)[] variables) => new(
        new CertificateCheck("x", "false"), blocks,
        new ProxyVariables(name => variables.FirstOrDefault(variable => variable.Name == name).Value));

    private static ObjectBlobStore StoreOf(string service, Uri server, ConnectionPool connections) => service switch
    {
        "s3" => Buckets.StoreOf(server, "some-bucket", connections: connections),
        "azure" => Containers.StoreOf(Containers.KeyOf(server), "some-container", connections: connections),
        _ => GoogleBuckets.StoreOf(server, "some-bucket", connections: connections),
    };

    private static async Task<byte[]> ReadAsync(ObjectBlobStore store) => (await store.ReadAsync(["x"], Token))[0]!;

    private static Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.ETag = "\"e\"";
        context.Response.Headers["x-goog-generation"] = "1";
        return context.Response.WriteAsync("right");
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
