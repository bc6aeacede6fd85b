using System.Text.RegularExpressions;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

/// <summary>The page on settings claims what the code does.</summary>
public sealed partial class SettingsTests(RepositorySources sources)
{
    private const string Catalogue = "src/Metaflow.Core/Settings/SettingNames.cs";

    // They say where the files are, and so are in no table.
    private static readonly string[] PlacesOfFiles = ["HOME", "PROFILE"];

    [Fact]
    public void Every_setting_that_applies_is_read_and_every_one_that_is_read_is_on_the_page()
    {
        var rows = Row().Matches(Text("docs/settings.md"))
            .Select(static match => (Name: match.Groups["name"].Value, State: match.Groups["state"].Value)).ToList();
        var constants = Constant().Matches(Text(Catalogue))
            .Select(static match => (Member: match.Groups["member"].Value, Name: match.Groups["name"].Value)).ToList();

        Assert.True(rows.Count > 100, $"only {rows.Count} rows were found");
        Assert.Equal(
            constants.Select(static constant => constant.Name).Except(PlacesOfFiles).Order(),
            rows.Where(static row => row.State == "applies").Select(static row => row.Name).Order());
        var code = sources.Files.Where(static file => file.Path.StartsWith("src/", StringComparison.Ordinal) && file.Path != Catalogue)
            .Select(static file => file.Text).ToList();
        Assert.All(
            constants,
            constant => Assert.True(
                code.Exists(text => text.Contains($"SettingNames.{constant.Member}", StringComparison.Ordinal)),
                $"{constant.Name} is not read"));
    }

    [Theory]
    [InlineData("Metaflow.Aws", "DATASTORE_SYSROOT_S3")]
    [InlineData("Metaflow.Azure", "DATASTORE_SYSROOT_AZURE")]
    [InlineData("Metaflow.Environments")]
    [InlineData("Metaflow.Gcp", "DATASTORE_SYSROOT_GS")]
    [InlineData("Metaflow.ObjectStorage")]
    public void Every_setting_that_a_package_describes_is_on_the_page(string package, params string[] others)
    {
        var described = sources.Files.Where(file => file.Path.StartsWith($"src/{package}/", StringComparison.Ordinal))
            .SelectMany(static file => Described().Matches(file.Text)).Select(static match => match.Groups["name"].Value);
        var rows = Row().Matches(Text("docs/settings.md")).Where(match => match.Groups["state"].Value == $"applies ({package})")
            .Select(static match => match.Groups["name"].Value);

        Assert.Equal(described.Concat(others).Order(), rows.Order());
    }

    [Fact]
    public void Every_setting_has_one_row_and_a_known_state()
    {
        var rows = Row().Matches(Text("docs/settings.md")).ToList();

        Assert.Equal(rows.Count, rows.Select(static match => match.Groups["name"].Value).Distinct().Count());
        Assert.All(
            rows,
            static match => Assert.Matches(
                @"^(applies|applies \(Metaflow\.[A-Za-z]+\)|never|not yet \([A-Za-z ]+\))$", match.Groups["state"].Value));
    }

    private string Text(string path) => sources.Files.Single(file => file.Path == path).Text;

    [GeneratedRegex(@"^\| (?<name>[A-Z0-9_<>]+) \|[^|\n]*\|[^|\n]*\| (?<state>[^|\n]*) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"""METAFLOW_(?<name>\w+)"",\s*SettingKind\.")]
    private static partial Regex Described();

    [GeneratedRegex("""const string (?<member>\w+) = "METAFLOW_(?<name>\w+)";""")]
    private static partial Regex Constant();
}
