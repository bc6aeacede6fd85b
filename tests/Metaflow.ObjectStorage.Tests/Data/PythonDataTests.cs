using System.Diagnostics;
using Metaflow.ObjectStorage.Data;
using Metaflow.ObjectStorage.Tests.Servers;

namespace Metaflow.ObjectStorage.Tests.Data;

/// <summary>Python's <c>metaflow.S3</c> and C# read each other's objects.</summary>
public sealed class PythonDataTests(MotoServer moto) : IAsyncLifetime
{
    private const string Writer = """
        import sys
        from metaflow import S3
        from metaflow.plugins.datatools.s3 import S3PutObject
        with S3(s3root=sys.argv[1]) as s3:
            s3.put("text", "Grüße")
            s3.put("typed", b"a,b", content_type="text/csv", metadata={"who": "Zoë", "count": 3})
            s3.put_many([S3PutObject(key="many/1", value="1", metadata={"n": "1"}), ("many/2", "2")])
            s3.put("large", b"0123456789" * 2000000)
        """;

    private const string Reader = """
        import sys
        from metaflow import S3
        with S3(s3root=sys.argv[1]) as s3:
            typed = s3.get("typed")
            print(typed.text, typed.content_type, sorted(typed.metadata.items()))
            print([o.text for o in s3.get_many(["text", "many/1"])])
            print([(o.key, o.text) for o in s3.get_recursive(["many"])])
            print([(o.key, o.exists) for o in s3.list_paths()])
            print(s3.info("large").size, s3.get("large").blob == b"0123456789" * 2000000)
        """;

    private DataPlace _place = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _place = await DataPlace.CreateAsync(moto);

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Fact]
    public async Task CSharp_reads_what_Python_stored()
    {
        await RunAsync(Writer);
        using var folder = _place.Open();

        Assert.Equal("Grüße", (await folder.GetAsync("text", cancellationToken: Token)).ReadText());
        var typed = await folder.GetAsync("typed", cancellationToken: Token);
        Assert.Equal(("a,b", "text/csv"), (typed.ReadText(), typed.Info.ContentType));
        Assert.Equal(new Dictionary<string, string> { ["who"] = "Zoë", ["count"] = "3" }, typed.Info.Metadata);
        var many = await folder.GetRecursiveAsync(["many"], cancellationToken: Token);
        Assert.Equal(["many/1=1", "many/2=2"], many.Select(static data => $"{data.Key}={data.ReadText()}"));
        Assert.Equal("1", many[0].Info.Metadata["n"]);
        Assert.Equal(20_000_000, (await folder.GetAsync("large", cancellationToken: Token)).Size);
    }

    [Fact]
    public async Task Python_reads_what_CSharp_stored()
    {
        using var folder = _place.Open();
        await folder.PutAsync("text", "Grüße", overwrite: false, cancellationToken: Token);
        await folder.PutAsync(
            new ObjectPut("typed", "a,b")
            {
                ContentType = "text/csv",
                Metadata = new Dictionary<string, string> { ["who"] = "Zoë \"'+", ["n"] = "1" },
            },
            cancellationToken: Token);
        await folder.PutManyAsync([new("many/1", "1"), new("many/2", "2")], cancellationToken: Token);
        var large = new byte[20_000_000];
        for (var i = 0; i < large.Length; i++)
        {
            large[i] = (byte)('0' + (i % 10));
        }

        await folder.PutAsync("large", large, cancellationToken: Token);

        Assert.Equal(
            """
            a,b text/csv [('n', '1'), ('who', 'Zoë "\'+')]
            ['Grüße', '1']
            [('1', '1'), ('2', '2')]
            [('large', True), ('text', True), ('typed', True), ('many', False)]
            20000000 True
            """.ReplaceLineEndings("\n"),
            (await RunAsync(Reader)).Trim());
    }

    private async Task<string> RunAsync(string script)
    {
        var reference = Environment.GetEnvironmentVariable("METAFLOW_PYTHON_REFERENCE");
        Assert.SkipWhen(string.IsNullOrEmpty(reference), "METAFLOW_PYTHON_REFERENCE does not name a clone of Python Metaflow.");
        var home = Directory.CreateTempSubdirectory("python").FullName;
        var start = new ProcessStartInfo(MotoServer.Python()!, ["-c", script, _place.Root])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home,
        };
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
        [
            ("PYTHONPATH", reference!), ("METAFLOW_S3_ENDPOINT_URL", _place.Server.ToString()), ("AWS_DEFAULT_REGION", "us-east-1"),
            ("METAFLOW_HOME", home), ("METAFLOW_USER", "ada"), ("METAFLOW_S3_WORKER_COUNT", "4"),
        ])
        {
            start.Environment[name] = value;
        }

        using var python = Process.Start(start)!;
        var error = python.StandardError.ReadToEndAsync(Token);
        var output = await python.StandardOutput.ReadToEndAsync(Token);
        await python.WaitForExitAsync(Token);
        Directory.Delete(home, recursive: true);
        Assert.True(python.ExitCode == 0, await error);
        return output;
    }
}
