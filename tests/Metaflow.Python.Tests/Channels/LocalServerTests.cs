using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Metaflow.Core.Tests.Storage;

namespace Metaflow.Python.Tests.Channels;

/// <summary>The server does what tests of downloads ask for.</summary>
public sealed class LocalServerTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalServer _server = LocalServer.Start();
    private readonly HttpClient _client = new();
    private string _url = string.Empty;

    public ValueTask InitializeAsync()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "file"), [.. Enumerable.Range(0, 200_000).Select(static i => (byte)i)]);
        _url = _server.Mount("some/files", _folder.Path);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_that_did_not_change_is_not_sent_again()
    {
        using var first = await GetAsync("file");
        Assert.Equal(200_000, (await first.Content.ReadAsByteArrayAsync(Token)).Length);

        using var again = new HttpRequestMessage(HttpMethod.Get, $"{_url}/file");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var same = await _client.SendAsync(again, Token);
        using var since = new HttpRequestMessage(HttpMethod.Get, $"{_url}/file");
        since.Headers.IfModifiedSince = first.Content.Headers.LastModified;
        using var old = await _client.SendAsync(since, Token);

        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, old.StatusCode);
        Assert.Equal([200, 304, 304], _server.Requests.Select(static request => request.Status));
        Assert.Equal(3, _server.Count("files/file"));
    }

    [Theory]
    [InlineData(0L, 9L, 10, 0)]
    [InlineData(199_990L, null, 10, 199_990)]
    [InlineData(null, 5L, 5, 199_995)]
    public async Task A_part_of_a_file_is_sent(long? from, long? to, int length, int first)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_url}/file") { Headers = { Range = new RangeHeaderValue(from, to) } };

        using var answer = await _client.SendAsync(request, Token);

        var bytes = await answer.Content.ReadAsByteArrayAsync(Token);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(length, bytes.Length);
        Assert.Equal((byte)first, bytes[0]);
        Assert.Equal(200_000, answer.Content.Headers.ContentRange!.Length);
    }

    [Fact]
    public async Task A_part_beyond_the_end_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_url}/file");
        request.Headers.Range = new RangeHeaderValue(200_000, null);

        using var answer = await _client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
    }

    [Fact]
    public async Task A_fault_happens_as_often_as_it_should()
    {
        _server.Fail("some/files/file", new() { Status = 503, Times = 2, Headers = ["Retry-After: 1"] });

        using var first = await GetAsync("file");
        using var second = await GetAsync("file");
        using var third = await GetAsync("file");

        Assert.Equal([503, 503, 200], new[] { first, second, third }.Select(static answer => (int)answer.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(1), first.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task An_answer_breaks_off_in_the_middle()
    {
        _server.Fail("*file", new() { CutAfter = 100_000 });

        var error = await Assert.ThrowsAnyAsync<HttpRequestException>(() => _client.GetByteArrayAsync($"{_url}/file", Token));

        Assert.IsType<HttpIOException>(error.InnerException ?? error, exactMatch: false);
        Assert.Equal(100_000, _server.Requests[^1].Sent);
    }

    [Fact]
    public async Task A_byte_is_sent_wrong()
    {
        _server.Fail("some/*", new() { WrongByteAt = 70_000 });

        var bytes = await _client.GetByteArrayAsync($"{_url}/file", Token);

        var right = await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "file"), Token);
        Assert.Equal([70_000], Enumerable.Range(0, right.Length).Where(i => right[i] != bytes[i]));
    }

    [Fact]
    public async Task A_stopped_server_drops_its_clients_and_starts_again_on_its_port()
    {
        _server.Fail("*file", new() { Pause = TimeSpan.FromMinutes(1) });
        using var answer = await _client.GetAsync($"{_url}/file", HttpCompletionOption.ResponseHeadersRead, Token);

        await _server.StopAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsByteArrayAsync(Token));
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync($"{_url}/file", Token));
        _server.Heal();
        _server.StartAgain();
        using var again = await GetAsync("file");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task A_private_folder_wants_credentials()
    {
        var url = _server.Mount("some/files/private", _folder.Path, "me:secret");

        using var refused = await _client.GetAsync($"{url}/file", Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}/file");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("me:secret")));
        using var allowed = await _client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [Fact]
    public async Task Files_outside_of_a_folder_are_not_served()
    {
        using var answer = await _client.GetAsync(new Uri($"{_url}/%2e%2e%2f%2e%2e%2fetc%2fhostname"), Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<HttpResponseMessage> GetAsync(string name) => _client.GetAsync($"{_url}/{name}", Token);
}
