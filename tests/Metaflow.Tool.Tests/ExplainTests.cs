using System.Reflection;
using System.Text.Json;
using Metaflow.Errors;

namespace Metaflow.Tool.Tests;

public sealed class ExplainTests : IDisposable
{
    private readonly ToolPlace _place = new();

    public static TheoryData<string> Spellings => ["MF2003", "mf2003", "2003", "[MF2003]", "MF2003:"];

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Every_code_of_an_error_is_explained_without_marks_of_Markdown()
    {
        var codes = typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(static field => (string)field.GetRawConstantValue()!).ToList();
        Assert.True(codes.Count > 100, "the codes were not found");
        foreach (var code in codes)
        {
            var page = await _place.RunAsync("explain", code);
            Assert.Equal((0, ""), (page.ExitCode, page.Error));
            Assert.StartsWith($"{code}: ", page.Out, StringComparison.Ordinal);
            Assert.Contains("How to fix", page.Out, StringComparison.Ordinal);
            Assert.DoesNotContain(
                page.Out.Split('\n'),
                static line => !line.StartsWith("    ", StringComparison.Ordinal) && line.Contains("**", StringComparison.Ordinal));
            Assert.DoesNotContain("```", page.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("](", page.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task A_code_is_found_as_people_type_and_paste_it(string spelling)
        => Assert.Equal(await _place.RunAsync("explain", "MF2003"), await _place.RunAsync("explain", spelling));

    [Fact]
    public async Task Examples_keep_their_indentation_below_four_blanks()
    {
        var page = await _place.RunAsync("explain", "MF1004");
        Assert.Contains("\n    // wrong\n    [Step] Transition Start() => Next(Trian);\n", page.Out, StringComparison.Ordinal);
        Assert.Contains("\nWhat\n\n'Next' names a step", page.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_code_all_are_listed_with_their_titles()
    {
        var list = await _place.RunAsync("explain");
        var json = JsonDocument.Parse((await _place.RunAsync("explain", "--json")).Out).RootElement.EnumerateArray().ToList();
        Assert.Equal(json.Count, list.Out.TrimEnd().Split('\n').Length);
        Assert.Contains("MF1004  A transition leads to an unknown step\n", list.Out, StringComparison.Ordinal);
        Assert.Contains(json, static page => page.GetProperty("code").GetString() == "MF9001");
    }

    [Fact]
    public async Task The_page_is_given_to_programs_as_it_is_written()
    {
        var page = JsonDocument.Parse((await _place.RunAsync("explain", "1004", "--json")).Out).RootElement;
        Assert.Equal("A transition leads to an unknown step", page.GetProperty("title").GetString());
        Assert.StartsWith("# MF1004: ", page.GetProperty("page").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MF1O04", "Did you mean 'MF1004'?")]
    [InlineData("MF2030X", "Did you mean 'MF2030'?")]
    [InlineData("MF9999", "'metaflow explain' lists them")]
    [InlineData("MF4999", "'metaflow explain' lists them")]
    [InlineData("CS0103", "'metaflow explain' lists them")]
    [InlineData("", "'metaflow explain' lists them")]
    [InlineData("../MF1004", "'metaflow explain' lists them")]
    public async Task A_code_without_a_page_is_refused(string typed, string remedy)
    {
        var refused = await _place.RunAsync("explain", typed);
        Assert.Equal((2, ""), (refused.ExitCode, refused.Out));
        Assert.Contains(remedy, refused.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("[MF2004]", refused.Error, StringComparison.Ordinal);
    }
}
