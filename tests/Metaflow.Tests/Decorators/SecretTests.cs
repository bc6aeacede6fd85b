using System.Net.Sockets;
using System.Text;
using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Secrets;

namespace Metaflow.Tests.Decorators;

public sealed class SecretTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_mask_hides_values_their_lines_and_what_json_makes_of_them_but_not_tiny_ones()
    {
        var mask = new SecretMask(["hunter22", "first line\nsecond line", "a\"quote", "1"]);
        Assert.Equal("my *** is ***, *** and *** in 1", mask.Apply("my hunter22 is second line, a\"quote and a\\u0022quote in 1"));
        var failure = mask.Apply(new StepFailure("T", "with hunter22", "at hunter22", new StepFailure("I", "hunter22")));
        Assert.Equal(new StepFailure("T", "with ***", "at ***", new StepFailure("I", "***")), failure);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void A_filter_hides_secrets_however_the_stream_is_cut(int size)
    {
        var secrets = new KnownSecrets();
        secrets.Add(["hunter22", "hunter2299"]);
        var filter = new SecretFilter(secrets);
        var stream = "a hunter22 and hunter2299, hunt hunter2"u8.ToArray();
        var shown = new List<byte>();
        foreach (var chunk in stream.Chunk(size))
        {
            shown.AddRange(filter.Take(chunk).Span);
        }

        shown.AddRange(filter.Finish().Span);
        Assert.Equal("a *** and ***, hunt hunter2", Encoding.UTF8.GetString([.. shown]));
    }

    [Fact]
    public void A_stream_without_secrets_passes_at_once_and_what_is_learned_later_is_hidden_from_then_on()
    {
        var secrets = new KnownSecrets();
        var filter = new SecretFilter(secrets);
        Assert.Equal("my hunter22"u8.ToArray(), filter.Take("my hunter22"u8.ToArray()).ToArray());
        secrets.Add(["hunter22"]);
        Assert.Equal("my ***"u8.ToArray(), filter.Take("my hunter22"u8.ToArray()).ToArray());
        var others = new KnownSecrets();
        secrets.Include(others);
        others.Add(["swordfish"]);
        Assert.Equal("both *** ***"u8.ToArray(), filter.Take("both swordfish hunter22"u8.ToArray()).ToArray());
        Assert.Empty(filter.Finish().ToArray());
    }

    [Fact]
    public void Secrets_are_known_when_their_announcement_returns_whoever_else_holds_the_channel()
    {
        var secrets = new KnownSecrets();
        var filter = new SecretFilter(secrets);
        using var channel = SecretChannel.Open(secrets);
        using var idler = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        idler.Connect(new UnixDomainSocketEndPoint(channel.Address));
        idler.Send([1, 2]);
        var key = new string('k', 1_000_000) + "\nsecond line";
        SecretChannel.Announce(channel.Address, ["hunter22", key]);
        SecretChannel.Announce(channel.Address, ["swordfish"]);
        Assert.Equal("***, *** and ***", Encoding.UTF8.GetString(filter.Take(Encoding.UTF8.GetBytes($"hunter22, {key} and swordfish")).Span));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(channel.Address)!));
        }
    }

    [Fact]
    public void Secrets_that_nobody_confirms_to_hide_are_refused()
    {
        var channel = SecretChannel.Open(new KnownSecrets());
        channel.Dispose();
        Assert.False(Directory.Exists(Path.GetDirectoryName(channel.Address)));
        foreach (var address in new[] { channel.Address, null })
        {
            var error = Assert.Throws<StepFailedException>(() => SecretChannel.Announce(address, ["hunter22"]));
            Assert.Equal(ErrorCodes.SecretsNotConfirmed, error.Code);
            Assert.DoesNotContain("hunter22", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_is_lines_or_json_beside_the_flow()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "a.env"), "# comment\nexport A=1=2\n\nB = \"two words\"\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "b.json"), """{"C": "three", "D": 4}""", TestContext.Current.CancellationToken);
        var lines = await FetchAsync("file.a.env");
        Assert.Equal([new("A", "1=2"), new("B", "two words")], lines);
        Assert.Equal([new("C", "three"), new("D", "4")], await FetchAsync("file.b.json"));
        Assert.Equal([new("E", "five=5")], await FetchAsync("inline.E=five=5"));
        Assert.Equal([new("F", "6")], await FetchAsync("""inline.{"F": "6"}"""));
        Assert.Equal([new("G", "for the flow of tests")], await FetchAsync("test-vault.the flow of tests"));
    }

    [Theory]
    [InlineData("file.missing.env", "missing.env")]
    [InlineData("environment.METAFLOW_TEST_NOT_SET", "is not set")]
    [InlineData("vault.x", "no back end 'vault'")]
    [InlineData("nothing", "METAFLOW_DEFAULT_SECRETS_BACKEND_TYPE")]
    [InlineData("inline.{hunter22", "no JSON object")]
    [InlineData("inline.hunter22", "not of the form")]
    public async Task A_source_that_has_nothing_is_refused_without_its_value(string source, string why)
    {
        var error = await Assert.ThrowsAsync<StepFailedException>(async () => await FetchAsync(source));
        Assert.Equal(ErrorCodes.SecretUnavailable, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(source.StartsWith("inline.{", StringComparison.Ordinal) ? "hunter22" : "\0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_in_the_source_is_hidden_on_disk()
    {
        var data = new SecretsAttribute("inline.PASSWORD=hunter22", "file.a.env", "inline.{\"A\":\"hunter22\"}", "plain").ToData();
        Assert.Equal(["inline.PASSWORD=***", "file.a.env", "inline.***", "plain"], Assert.IsType<List<string>>(data[0].Value));
        Assert.Equal(["sources", "role", "allow_override"], data.Select(static pair => pair.Key));
    }

    [Fact]
    public void A_secret_itself_is_refused_on_the_command_line()
    {
        var error = Assert.Throws<ConfigurationException>(() => DecoratorText.Parse("secrets:sources=inline.A=hunter22", typeof(FlowSpec)));
        Assert.Equal(ErrorCodes.InlineSecretOnCommandLine, error.Code);
        Assert.DoesNotContain("hunter22", error.Message, StringComparison.Ordinal);
        Assert.Equal(["file.a", "file.b"], Assert.IsType<SecretsAttribute>(DecoratorText.Parse("secrets:sources=[\"file.a\",\"file.b\"],allow_override=true", typeof(FlowSpec))).Sources);
    }

    private async Task<IReadOnlyDictionary<string, string>> FetchAsync(string text)
    {
        var source = SecretSource.Parse(text, null);
        return await source.FetchAsync(new SecretRequest(source.Id, null, _folder), new SecretFlow());
    }

    private sealed class SecretFlow : FlowSpec;
}

/// <summary>A back end that the tests' own assembly has.</summary>
public sealed class VaultOfTests : ISecretsProvider
{
    public string Name => "test-vault";

    public ValueTask<IReadOnlyDictionary<string, string>> GetSecretsAsync(SecretRequest request, CancellationToken cancellationToken)
        => new(new Dictionary<string, string> { ["G"] = "for " + request.Id });
}
