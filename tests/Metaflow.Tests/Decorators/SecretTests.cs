using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Plugins;
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
    [InlineData("""{"pw": "SEKRETnest99"}""", "SEKRETnest99")]
    [InlineData(""" [1, ["SEKRETnest99"], {"a": {"b": [98765.50]}}]""", "SEKRETnest99 98765.50")]
    [InlineData("""{"pw": "a\u0022quote"}""", "a\"quote")]
    [InlineData("""{"json": "{\"pw\": \"SEKRETnest99\"}"}""", "SEKRETnest99")]
    [InlineData("{\n    \"pw\": \"SEKRETnest99\"\n}", "SEKRETnest99")]
    public void A_secret_that_is_json_is_hidden_whole_and_in_each_text_and_number(string secret, string leaves)
    {
        var mask = new SecretMask([secret]);
        Assert.Equal("***", mask.Apply(secret));
        Assert.All(leaves.Split(' '), leaf => Assert.Equal("<***>", mask.Apply($"<{leaf}>")));
        Assert.Equal("    } 1 true null", mask.Apply("    } 1 true null"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("""{"A": null, "B": [true, "false"]}""")]
    [InlineData("{ no json")]
    public void A_constant_is_no_secret(string secret)
        => Assert.Equal("A=null true false", new SecretMask([secret]).Apply("A=null true false"));

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

    public static TheoryData<string, string> Forms
    {
        get
        {
            var data = new TheoryData<string, string>();
            string[] secrets =
            [
                "S3cr3t\"q/\\<&+zé9", "пароль€🔑tail", "\"quoted\"", "tail\\", "\\\\server\\share's", "two\nlines\tof\u0001it", "`=>'/?",
                "ünïcödé", "plain and simple",
            ];
            foreach (var secret in secrets)
            {
                foreach (var form in FormsOf(secret).SelectMany(static form => FormsOf(form).Prepend(form))
                    .SelectMany(static form => FormsOf(form).Prepend(form)).Distinct())
                {
                    data.Add(secret, form);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Forms), DisableDiscoveryEnumeration = true)]
    public void A_secret_is_hidden_in_every_form_that_json_and_literals_give_it_and_when_these_are_escaped_again(string secret, string form)
    {
        Assert.Equal("<***>", new SecretMask([secret]).Apply($"<{form}>"));
        var secrets = new KnownSecrets();
        secrets.Add([secret]);
        var filter = new SecretFilter(secrets);
        var shown = new List<byte>();
        foreach (var one in Encoding.UTF8.GetBytes($"<{form}>"))
        {
            shown.AddRange(filter.Take(new[] { one }).Span);
        }

        Assert.Equal("<***>", Encoding.UTF8.GetString([.. shown, .. filter.Finish().Span]));
    }

    [Theory]
    [InlineData("C:\\plain\\names", "C:\\plain\\names")]
    [InlineData("an\\nan and \\u0061", "an\\nan and \\u0061")]
    [InlineData("\\", "\\")]
    [InlineData("hunte\\u0072\\", "***\\")]
    [InlineData("hunte\\u007", "hunte\\u007")]
    [InlineData("lone \uD83D half", "lone \uD83D half")]
    public void What_is_no_secret_is_not_touched(string text, string shown)
        => Assert.Equal(shown, new SecretMask(["ann1", "hunter"]).Apply(text));

    [Theory]
    [InlineData("abcdabcdXYZ", "***")]
    [InlineData("-abcdabcdX-dabcdXYZ-", "-***-***-")]
    [InlineData("aXaXaXaXaXaX.", "***.")]
    [InlineData("aXaXaXaXaX!", "***!")]
    [InlineData("endless-lessen-senses", "***")]
    public void Secrets_that_overlap_are_hidden_whole_however_the_stream_is_cut(string text, string expected)
    {
        string[] values = ["abcdabcdX", "dabcdXYZ", "aXaXaX", "endless", "less-lessen", "lessen-sen", "sen-senses", "en-senses"];
        Assert.Equal(expected, new SecretMask(values).Apply(text));
        for (var size = 1; size < text.Length; size++)
        {
            var secrets = new KnownSecrets();
            secrets.Add(values);
            var filter = new SecretFilter(secrets);
            var shown = Encoding.UTF8.GetBytes(text).Chunk(size).SelectMany(chunk => filter.Take(chunk).ToArray()).ToList();
            Assert.Equal(expected, Encoding.UTF8.GetString([.. shown, .. filter.Finish().Span]));
        }
    }

    [Fact]
    public void A_filter_keeps_back_no_more_than_a_secret_of_an_endless_stream_that_is_one()
    {
        var secrets = new KnownSecrets();
        secrets.Add(["aaaa", "\\\\\\\\"]);
        var filter = new SecretFilter(secrets);
        var shown = 0;
        for (var i = 0; i < 10_000; i++)
        {
            shown += filter.Take("aaaaaaaaaa"u8.ToArray()).Length;
        }

        Assert.Equal("***".Length, shown);
        Assert.Equal("!", Encoding.UTF8.GetString(filter.Take("!"u8.ToArray()).Span));
        for (var i = 0; i < 100; i++)
        {
            shown += filter.Take("\\\\\\\\\\"u8.ToArray()).Length;
        }

        Assert.True(shown > "***".Length, "all of a row of backslashes is kept back");
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
        Assert.Equal(
            "***, *** and ***", Encoding.UTF8.GetString(filter.Take(Encoding.UTF8.GetBytes($"hunter22, {key} and swordfish")).Span));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(Path.GetDirectoryName(channel.Address)!));
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
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "a.env"), "# comment\nexport A=1=2\n\nB = \"two words\"\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "b.json"), """{"C": "three", "D": 4}""", TestContext.Current.CancellationToken);
        var lines = await FetchAsync("file.a.env");
        Assert.Equal([new("A", "1=2"), new("B", "two words")], lines);
        Assert.Equal([new("C", "three"), new("D", "4")], await FetchAsync("file.b.json"));
        Assert.Equal([new("E", "five=5")], await FetchAsync("inline.E=five=5"));
        Assert.Equal([new("F", "6")], await FetchAsync("""inline.{"F": "6"}"""));
        ProgramPlugins.Add<VaultOfTests>();
        Assert.Equal([new("G", "for the flow of tests")], await FetchAsync("test-vault.the flow of tests"));
    }

    [Theory]
    [InlineData("file.missing.env", "missing.env")]
    [InlineData("environment.METAFLOW_TEST_NOT_SET", "is not set")]
    [InlineData("vault.x", "no back end 'vault'")]
    [InlineData("aws-secrets-manager.x", "Add '#:package Metaflow.Aws@*'")]
    [InlineData("az-key-vault.x", "Add '#:package Metaflow.Azure@*'")]
    [InlineData("gcp-secret-manager.x", "Add '#:package Metaflow.Gcp@*'")]
    [InlineData("aws-secret-manager.x", "Did you mean 'aws-secrets-manager'? Add '#:package Metaflow.Aws@*'")]
    [InlineData("enviroment.x", "Did you mean 'environment'?")]
    [InlineData("nothing", "METAFLOW_DEFAULT_SECRETS_BACKEND_TYPE")]
    [InlineData("inline.{hunter22", "not a JSON object")]
    [InlineData("inline.hunter22", "It does not have the form")]
    [InlineData("file.wrong.env", "Its line 3 does not have the form NAME=value.")]
    [InlineData("inline. {\"A hunter22", "not a JSON object")]
    [InlineData("hunter22=hunter22.hunter22", "name of a back end")]
    public async Task A_source_that_has_nothing_is_refused_without_its_value(string source, string why)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "wrong.env"), "# two lines first\nA=1\n hunter22 \nB", TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<StepFailedException>(async () => await FetchAsync(source));
        Assert.Equal(ErrorCodes.SecretUnavailable, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_in_the_source_is_hidden_on_disk()
    {
        var data = new SecretsAttribute("inline.PASSWORD=hunter22", "file.a.env", "inline.{\"A\":\"hunter22\"}", "plain").ToData();
        Assert.Equal(["inline.PASSWORD=***", "file.a.env", "inline.***", "plain"], Assert.IsType<List<string>>(data[0].Value));
        string[] odd =
        [
            "inline.hunter22", "inline.hunter22=", "inline.aHVudGVyMjI==", "inline. {\"A\": \"hunter22=hunter22\"}", "inline.my hunter22=x",
            "inline.hunter-22=x", "inline.=hunter22", "hunter22=a.b",
        ];
        Assert.All(
            odd,
            static source => Assert.DoesNotContain(
                "22",
                SecretSource.Parse(source, null).Shown.Replace("VydGVyMjI", "22", StringComparison.Ordinal),
                StringComparison.Ordinal));
        Assert.Equal(
            ["inline.***", "A=***", "inline.A=***"],
            ((string[])["inline.aHVudGVyMjI=", "A=hunter22", "inline. A = hunter22"])
                .Select(static source => SecretSource.Parse(source, null).Shown));
        Assert.Equal(["sources", "role", "allow_override"], data.Select(static pair => pair.Key));
    }

    [Fact]
    public void A_secret_itself_is_refused_on_the_command_line()
    {
        var error = Assert.Throws<ConfigurationException>(() => DecoratorText.Parse("secrets:sources=inline.A=hunter22", typeof(FlowSpec)));
        Assert.Equal(ErrorCodes.InlineSecretOnCommandLine, error.Code);
        Assert.DoesNotContain("hunter22", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["file.a", "file.b"],
            Assert.IsType<SecretsAttribute>(DecoratorText.Parse(
                "secrets:sources=[\"file.a\",\"file.b\"],allow_override=true", typeof(FlowSpec))).Sources);
    }

    // As System.Text.Json with each of its encoders, Newtonsoft, JavaScript, Go, Java, PHP and Python write a text, without its quotes.
    private static IEnumerable<string> FormsOf(string text)
    {
        yield return JsonEncodedText.Encode(text).Value;
        yield return JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value;
        yield return JsonEncodedText.Encode(text, JavaScriptEncoder.Create(UnicodeRanges.All)).Value;
        foreach (var escaped in (string[])["", "<>&", "<>&='", "<>&'`+/"])
        {
            foreach (var (format, isAscii) in ((string, bool)[])[("x4", false), ("x4", true), ("X4", true)])
            {
                var json = string.Concat(text.Select(letter => LetterOf(letter) is { } known ? "\\" + known
                    : letter < ' ' || escaped.Contains(letter) || (isAscii && letter > '~')
                    ? "\\u" + ((int)letter).ToString(format, CultureInfo.InvariantCulture)
                    : letter.ToString()));
                yield return json;
                yield return json.Replace("/", "\\/", StringComparison.Ordinal);
            }
        }

        foreach (var quote in (string[])["'", "\""])
        {
            var literal = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(quote, "\\" + quote, StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace(
                    "\u0001", "\\x01", StringComparison.Ordinal);
            yield return literal;
            yield return string.Concat(literal.EnumerateRunes().Select(static rune => rune.IsAscii ? rune.ToString()
                : rune.Value < 256 ? $"\\x{rune.Value:x2}" : rune.IsBmp ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}"));
            yield return string.Concat(Encoding.UTF8.GetBytes(literal)
                .Select(static unit => unit < 128 ? ((char)unit).ToString() : $"\\x{unit:x2}"));
        }
    }

    private static char? LetterOf(char letter) => letter switch { '"' => '"', '\\' => '\\', '\n' => 'n', '\t' => 't', _ => null };

    private async Task<IReadOnlyDictionary<string, string>> FetchAsync(string text)
    {
        var source = SecretSource.Parse(text, null);
        return await source.FetchAsync(new SecretRequest(source.Id, null, _folder), new SecretFlow());
    }

    private sealed class SecretFlow : FlowSpec;
}

/// <summary>A back end that the tests' own assembly has.</summary>
public sealed class VaultOfTests : ISecretsProvider, IMetaflowPlugin
{
    public static void Register(PluginRegistry registry) => registry.AddOwn(typeof(VaultOfTests), static () => new VaultOfTests());

    public string Name => "test-vault";

    public ValueTask<IReadOnlyDictionary<string, string>> GetSecretsAsync(SecretRequest request, CancellationToken cancellationToken)
        => new(new Dictionary<string, string> { ["G"] = "for " + request.Id });
}
