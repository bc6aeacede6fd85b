using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;
using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using ZstdSharp;

namespace Metaflow.Python.Tests.Conda.Channels;

public sealed class RepodataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ChannelServer _server = new();
    private readonly HttpClient _client;
    private readonly CondaChannel _channel = CondaChannel.Parse("https://ada:secret@host/chan", new ChannelOptions());

    public RepodataTests() => _client = new HttpClient(_server);

    [Theory]
    [InlineData("zst", 2)]
    [InlineData("bz2", 3)]
    [InlineData("json", 4)]
    public async Task The_best_packed_list_that_a_channel_has_is_read(string kind, int requests)
    {
        var json = Encoding.UTF8.GetBytes(List("a-1.0-0", "a-2.0-0", "b-1.0-0"));
        _server.Files["/chan/linux-64/repodata.json" + (kind == "json" ? "" : "." + kind)] = Packed(kind, json);

        using var list = await OpenAsync();
        using var again = await OpenAsync();

        Assert.Equal(["a", "b"], list!.Names.Order());
        Assert.Equal(["1.0", "2.0"], again!.Load("a").Select(static entry => entry.Record.Version.Text).Order());
        Assert.Equal(requests, _server.Requests.Count);
        Assert.All(_server.Requests, static request => Assert.Equal("Basic", request.Headers.Authorization!.Scheme));
    }

    [Fact]
    public async Task A_record_has_what_the_channel_says_of_it()
    {
        var folder = new ChannelFolder(_folder.Path);
        folder.Add("numpy-1.26.4-py311_3", ["python >=3.11,<3.12.0a0"], ["numba >=0.5"], record =>
        {
            record["timestamp"] = 1_500_000_000;
            record["license"] = "BSD";
            record["track_features"] = "b a";
            record["noarch"] = "python";
            record["other"] = new JsonObject { ["name"] = "no name of a package", ["deep"] = new JsonArray(1, null, "é\"") };
        });
        Serve(folder.List("linux-64").ToJsonString());
        using var list = await OpenAsync();
        var (record, position) = Assert.Single(list!.Load("numpy"));

        Assert.Equal(("numpy", "1.26.4", "py311_3", 3L), (record.Name, record.Version.Text, record.Build, record.BuildNumber));
        Assert.Equal(["python >=3.11,<3.12.0a0"], record.Depends);
        Assert.Equal(["numba >=0.5"], record.Constrains);
        Assert.Equal(["b", "a"], record.TrackFeatures);
        Assert.Equal(1_500_000_000_000, record.Timestamp);
        Assert.Equal(("python", "BSD", "linux-64"), (record.Noarch, record.License, record.Subdir));
        Assert.Equal("https://host/chan/linux-64/numpy-1.26.4-py311_3.conda", record.Url);
        Assert.Equal("https://host/chan", record.ChannelUrl);
        var json = JsonNode.Parse(list.ReadJson(position).Span)!;
        Assert.Equal("é\"", (string?)json["other"]!["deep"]![2]);
    }

    [Fact]
    public async Task Of_two_files_of_a_package_the_conda_file_is_taken_and_removed_files_are_not()
    {
        var folder = new ChannelFolder(_folder.Path);
        folder.Add("linux-64", "a-1.0-0", extension: ".tar.bz2");
        folder.Add("linux-64", "a-1.0-0");
        folder.Add("linux-64", "a-0.9-0", extension: ".tar.bz2");
        folder.Add("a-0.8-0");
        folder.Add("a-not..version-0");
        ((JsonArray)folder.List("linux-64")["removed"]!).Add("a-0.8-0.conda");
        Serve(folder.List("linux-64").ToJsonString());
        using var list = await OpenAsync();

        Assert.Equal(
            ["a-0.9-0.tar.bz2", "a-1.0-0.conda"], list!.Load("a").Select(static entry => entry.Record.FileName).Order());
    }

    [Theory]
    [InlineData("https://files.invalid/x/", "https://files.invalid/x/a-1.0-0.conda")]
    [InlineData("../files/", "https://host/chan/files/a-1.0-0.conda")]
    public async Task Files_may_be_elsewhere(string baseUrl, string url)
    {
        var folder = new ChannelFolder(_folder.Path);
        folder.Add("a-1.0-0");
        folder.List("linux-64")["info"]!["base_url"] = baseUrl;
        Serve(folder.List("linux-64").ToJsonString());
        using var list = await OpenAsync();

        Assert.Equal(url, Assert.Single(list!.Load("a")).Record.Url);
    }

    [Fact]
    public async Task A_list_that_has_not_changed_is_not_read_again_and_one_that_has_replaces_it()
    {
        Serve(List("a-1.0-0"));
        (await OpenAsync())!.Dispose();
        var files = CacheFiles();
        (await OpenAsync())!.Dispose();
        Assert.Equal(files, CacheFiles());

        Serve(List("a-2.0-0"));
        using var changed = await OpenAsync();

        Assert.Equal("2.0", Assert.Single(changed!.Load("a")).Record.Version.Text);
        Assert.Equal(files.Length, CacheFiles().Length);
    }

    [Fact]
    public async Task A_fresh_list_and_an_offline_one_need_no_server()
    {
        Serve(List("a-1.0-0"));
        (await OpenAsync())!.Dispose();
        _server.Requests.Clear();
        (await OpenAsync(Options with { FreshFor = TimeSpan.FromHours(1) }))!.Dispose();
        (await OpenAsync(Options with { IsOffline = true }))!.Dispose();
        Assert.Empty(_server.Requests);

        var error = await Assert.ThrowsAsync<EnvironmentException>(
            () => OpenAsync(Options with { IsOffline = true, CacheFolder = Path.Combine(_folder.Path, "other") }));
        Assert.Equal("MF7054", error.Code);
    }

    [Theory]
    [InlineData("index")]
    [InlineData("json")]
    [InlineData("state")]
    public async Task A_damaged_or_lost_file_of_the_cache_is_made_again(string kind)
    {
        Serve(List("a-1.0-0", "b-1.0-0"));
        (await OpenAsync())!.Dispose();
        var file = CacheFiles().Single(path => path.EndsWith(kind, StringComparison.Ordinal));
        for (var round = 0; round < 2; round++)
        {
            if (round == 0)
            {
                await File.WriteAllBytesAsync(file, new byte[70], TestContext.Current.CancellationToken);
            }
            else
            {
                File.Delete(file);
            }

            using var list = await OpenAsync();
            Assert.Equal("1.0", Assert.Single(list!.Load("b")).Record.Version.Text);
        }
    }

    [Theory]
    [InlineData("zst")]
    [InlineData("bz2")]
    [InlineData("json")]
    public async Task Every_truncated_list_is_refused_and_names_the_address_without_the_password(string kind)
    {
        var whole = Packed(kind, Encoding.UTF8.GetBytes(List([.. Enumerable.Range(0, 40).Select(static number => $"a-{number}.0-0")])));
        var step = Math.Max(1, whole.Length / 50);
        for (var length = 1; length < whole.Length; length += step)
        {
            _server.Files["/chan/linux-64/repodata.json" + (kind == "json" ? "" : "." + kind)] = whole[..length];
            var error = await Assert.ThrowsAsync<EnvironmentException>(() => OpenAsync());

            Assert.Equal("MF7055", error.Code);
            Assert.Contains("https://host/chan/linux-64/repodata.json", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(CacheFiles());
    }

    [Theory]
    [InlineData("zst")]
    [InlineData("bz2")]
    public async Task A_list_with_a_changed_byte_is_refused_or_still_whole(string kind)
    {
        var whole = Packed(kind, Encoding.UTF8.GetBytes(List([.. Enumerable.Range(0, 40).Select(static number => $"a-{number}.0-0")])));
        for (var place = 0; place < whole.Length; place += 7)
        {
            var changed = (byte[])whole.Clone();
            changed[place] ^= 0x55;
            _server.Files["/chan/linux-64/repodata.json." + kind] = changed;
            try
            {
                using var list = await OpenAsync();
                Assert.True(list is null || list.Load("a").Count <= 40);
            }
            catch (EnvironmentException error)
            {
                Assert.Equal("MF7055", error.Code);
            }
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"packages\": 3}")]
    [InlineData("{\"packages\": {\"a-1.0-0.conda\": 3}}")]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("<html>no such channel</html>")]
    public async Task What_is_no_list_is_refused_with_a_code(string text)
    {
        Serve(text);
        Assert.Equal("MF7055", (await Assert.ThrowsAsync<EnvironmentException>(() => OpenAsync())).Code);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, false)]
    [InlineData(HttpStatusCode.Forbidden, false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, true)]
    public async Task A_refusal_of_the_server_is_told_with_a_code(HttpStatusCode status, bool isTransient)
    {
        _server.Refuses = status;
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => OpenAsync());

        Assert.Equal(("MF7054", isTransient), (error.Code, error.IsTransient));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_platform_that_a_channel_lacks_has_no_list() => Assert.Null(await OpenAsync());

    [Fact]
    public async Task Many_readers_may_open_a_list_while_it_changes()
    {
        _server.SendsETags = false;
        var work = Enumerable.Range(0, 40).Select(number => Task.Run(async () =>
        {
            lock (_server.Files)
            {
                Serve(List($"a-{number % 3}.0-0", "b-1.0-0"));
            }

            using var list = await OpenAsync();
            return list!.Load("a").Count + list.Load("b").Count;
        }));

        Assert.All(await Task.WhenAll(work), static count => Assert.Equal(2, count));
        Assert.DoesNotContain(CacheFiles(), static path => path.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_with_long_texts_and_many_names_is_read_in_pieces()
    {
        var folder = new ChannelFolder(_folder.Path);
        for (var number = 0; number < 2000; number++)
        {
            folder.Add($"p{number}-1.{number}-0", [$"p{number + 1} >={number}"]);
        }

        folder.Add("long-1.0-0", [new string('x', 700_000)]);
        Serve(folder.List("linux-64").ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }));
        using var list = await OpenAsync();

        for (var number = 0; number < 2000; number++)
        {
            Assert.Equal($"p{number + 1} >={number}", Assert.Single(Assert.Single(list!.Load($"p{number}")).Record.Depends));
        }

        Assert.Equal(700_000, Assert.Single(list!.Load("long")).Record.Depends[0].Length);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_folder_that_cannot_keep_lists_is_named()
    {
        Serve(List("a-1.0-0"));
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<EnvironmentException>(() => OpenAsync(Options with { CacheFolder = file }));

        Assert.Equal(ErrorCodes.RepodataNotKept, error.Code);
        Assert.Contains(file, error.What, StringComparison.Ordinal);
    }

    private RepodataOptions Options => new() { CacheFolder = Path.Combine(_folder.Path, "cache"), Client = _client };

    private static string List(params string[] stems)
    {
        var folder = new ChannelFolder("");
        foreach (var stem in stems)
        {
            folder.Add(stem);
        }

        return folder.List("linux-64").ToJsonString();
    }

    private static byte[] Packed(string kind, byte[] json)
    {
        var target = new MemoryStream();
        if (kind == "json")
        {
            return json;
        }

        using (Stream packing = kind == "zst"
            ? new CompressionStream(target, leaveOpen: true)
            : BZip2Stream.Create(target, CompressionMode.Compress, decompressConcatenated: false, leaveOpen: true))
        {
            packing.Write(json);
        }

        return target.ToArray();
    }

    private void Serve(string json) => _server.Files["/chan/linux-64/repodata.json"] = Encoding.UTF8.GetBytes(json);

    private string[] CacheFiles() => Directory.Exists(Options.CacheFolder) ? [.. Directory.GetFiles(Options.CacheFolder).Order()] : [];

    private Task<Repodata?> OpenAsync(RepodataOptions? options = null)
        => new RepodataStore(options ?? Options, new TextPool()).OpenAsync(_channel, "linux-64", TestContext.Current.CancellationToken);
}
