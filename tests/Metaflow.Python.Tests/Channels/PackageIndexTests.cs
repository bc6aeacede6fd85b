using System.Text.Json.Nodes;
using Metaflow.Core.Tests.Storage;

namespace Metaflow.Python.Tests.Channels;

/// <summary>Indexes of distributions that tests make.</summary>
public sealed class PackageIndexTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalServer _server = LocalServer.Start();
    private readonly HttpClient _client = new();

    public ValueTask InitializeAsync()
    {
        var index = new PackageIndex(_folder.Path);
        foreach (var wheel in SyntheticPackages.Wheels())
        {
            index.Add(wheel);
        }

        index.AddSource(new() { Name = "Cheese.Shop", Version = "2.0" }).WriteIndex();
        _server.Mount("index", _folder.Path);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_page_and_the_JSON_of_a_project_tell_the_same()
    {
        var address = new Uri(_server.Url, "index/simple/cheese-shop/");
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("application/vnd.pypi.simple.v1+json, text/html;q=0.1");

        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        var page = await _client.GetStringAsync(address, TestContext.Current.CancellationToken);

        Assert.Equal("application/vnd.pypi.simple.v1+json", answer.Content.Headers.ContentType!.MediaType);
        var files = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["files"]!.AsArray();
        Assert.Equal(5, files.Count);
        foreach (var file in files)
        {
            Assert.Contains($"{file!["url"]}#sha256={file["hashes"]!["sha256"]}", page, StringComparison.Ordinal);
            var bytes = await _client.GetByteArrayAsync(new Uri(address, (string)file["url"]!), TestContext.Current.CancellationToken);
            Assert.Equal((string)file["hashes"]!["sha256"]!, Hashes.Of(bytes));
        }

        var yanked = files.Single(static file => file!["yanked"]!.GetValueKind() == System.Text.Json.JsonValueKind.String)!;
        Assert.Equal("It melted.", (string)yanked["yanked"]!);
        Assert.Contains("data-yanked=\"It melted.\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wheel_has_its_description_beside_it()
    {
        var address = new Uri(_server.Url, "index/files/cheese_shop-2.0-py3-none-any.whl.metadata");

        var text = await _client.GetStringAsync(address, TestContext.Current.CancellationToken);

        Assert.Contains("Requires-Dist: mold>=0.3; extra == 'blue'\nRequires-Dist: winter", text, StringComparison.Ordinal);
        Assert.Contains("Provides-Extra: blue\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_wheel_becomes_the_same_bytes()
    {
        var wheel = SyntheticPackages.Wheels()[5];
        var (first, second) = (Path.Combine(_folder.Path, "one.whl"), Path.Combine(_folder.Path, "two.whl"));

        wheel.Write(first);
        wheel.Write(second);

        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
    }
}
