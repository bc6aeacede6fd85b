using System.Text;
using Metaflow.Artifacts;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Settings;

namespace Metaflow.Core.Tests.Platform;

/// <summary>The texts of files that users give: their encodings and byte order marks.</summary>
public sealed class UserTextTests : IDisposable
{
    private const string Text = "{\"METAFLOW_USER\": \"zoë\"}";
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-text-").FullName;

    public static TheoryData<string, bool> Marked => new()
    {
        { "utf-8", false }, { "utf-8", true }, { "utf-16", true }, { "utf-16BE", true }, { "utf-32", true }, { "utf-32BE", true },
    };

    [Theory]
    [MemberData(nameof(Marked))]
    public void Every_file_of_text_is_read_by_its_mark(string encoding, bool hasMark)
    {
        var path = Write(
            ".metaflow/config.json",
            [.. hasMark ? Encoding.GetEncoding(encoding).GetPreamble() : [], .. Encoding.GetEncoding(encoding).GetBytes(Text)]);

        Assert.Equal(Text, UserFile.ReadAllText(path));
        Assert.Equal(Text, ConfigFile.ReadText(path));
        Assert.Equal("zoë", SettingsLoader.Load(new Dictionary<string, string>(), _folder).User);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', (byte)'b', 0xE9, (byte)'c' }, "is not UTF-8: line 2, byte 2 of the line is 0xE9")]
    [InlineData(new byte[] { (byte)'a', 0xC3 }, "is not UTF-8: line 1, byte 2 of the line is 0xC3")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x00, 0xD8, 0x41, 0x00 }, "begins with the byte order mark of utf-16, but is not: near byte")]
    [InlineData(new byte[] { 0xFE, 0xFF, 0x00 }, "begins with the byte order mark of utf-16BE, but is not: near byte")]
    public void A_character_is_never_guessed_and_the_place_is_named(byte[] content, string message)
    {
        var path = Write(".metaflow/config.json", content);

        Assert.StartsWith(message, Assert.Throws<FormatException>(() => ConfigFile.ReadText(path)).Message, StringComparison.Ordinal);
        Assert.Contains(message, Assert.Throws<IOException>(() => UserFile.ReadAllText(path)).Message, StringComparison.Ordinal);
        var settings = Assert.Throws<ConfigurationException>(() => SettingsLoader.Load(new Dictionary<string, string>(), _folder));
        Assert.Equal(ErrorCodes.InvalidSettingsFile, settings.Code);
        Assert.Contains(message, settings.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16", "FFFEE90020007400", "é t")]
    [InlineData("utf_16", "FEFF00E900200074", "é t")]
    [InlineData("utf-16", "E90020007400", "é t")]
    [InlineData("utf-16-be", "00E900200074", "é t")]
    [InlineData("utf-8", "EFBBBFC3A9", "é")]
    [InlineData("UTF_8_SIG", "EFBBBFC3A9", "é")]
    [InlineData("cp1252", "E980", "é€")]
    [InlineData("Windows-1252", "E980", "é€")]
    [InlineData("shift_jis", "93FA", "日")]
    [InlineData("gbk", "C8D5", "日")]
    [InlineData("euc_jp", "C6FC", "日")]
    [InlineData("iso-8859-15", "A4", "€")]
    [InlineData("latin_1", "E9", "é")]
    [InlineData("koi8-r", "C1", "а")]
    [InlineData("gb18030", "8139EE39", "㐀")]
    public void An_included_text_is_read_in_the_encoding_that_is_named(string encoding, string hex, string expected)
    {
        var content = Convert.FromHexString(hex);

        new IncludedFile("data.txt", true, encoding, content.Length).RequireReadable(content);
        var (actual, mark) = TextEncoding.For(TextEncoding.Find(encoding)!, content);

        Assert.Equal(expected, actual.GetString(content, mark, content.Length - mark));
    }

    [Fact]
    public void Every_name_is_of_an_encoding_that_is_there()
    {
        Assert.NotEmpty(EncodingNames.All);
        Assert.All(EncodingNames.All, static name => Assert.NotNull(TextEncoding.Find(name)));
        Assert.All(
            CodePagesEncodingProvider.Instance.GetEncodings(),
            static encoding => Assert.Equal(encoding.CodePage, EncodingNames.CodePageOf(encoding.Name)));
    }

    [Theory]
    [InlineData("utf-8", "610AFF", "In line 2, byte 1 of the line is 0xFF", "MF4111")]
    [InlineData("utf-8", "FFFE6100", "the byte order mark of UTF-16", "MF4111")]
    [InlineData("ascii", "61E9", "Near byte 1, the bytes E9", "MF4111")]
    [InlineData("utf-16", "00D84100", "the bytes 00D8", "MF4111")]
    [InlineData("klingon", "61", "'klingon' is not known", "MF4014")]
    public void An_included_text_that_no_step_could_read_is_refused_before_the_run(string encoding, string hex, string why, string code)
    {
        var content = Convert.FromHexString(hex);

        var error =
            Assert.Throws<StorageException>(() => new IncludedFile("data.txt", true, encoding, content.Length).RequireReadable(content));

        Assert.Equal(code, error.Code);
        Assert.Contains("'data.txt'", error.What, StringComparison.Ordinal);
        Assert.Contains(why, error.Why, StringComparison.Ordinal);
        new IncludedFile("data.txt", false, encoding, content.Length).RequireReadable(content);
    }

    [Fact]
    public void A_flow_whose_included_text_has_an_unknown_encoding_does_not_pass_the_check()
    {
        var parameter = new ParameterDefinition
        {
            Name = "data",
            MemberName = "Data",
            ValueType = typeof(string),
            TypeName = "string",
            IncludeFile = new(true, "klingon"),
        };
        var flow = new FlowDefinition { FlowName = "F", SourceFile = "f.cs", Graph = new FlowGraph("F", []), Parameters = [parameter] };

        var problem = Assert.Single(ParameterRules.Check(flow));

        Assert.Equal((RuleCodes.EncodingUnknown, ProblemSeverity.Error), (problem.Code, problem.Severity));
        Assert.Empty(ParameterRules.Check(flow with { Parameters = [parameter with { IncludeFile = new(true, "cp1252") }] }));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }
}
