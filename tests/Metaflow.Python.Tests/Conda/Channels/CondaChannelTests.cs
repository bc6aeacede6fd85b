using Metaflow.Errors;
using Metaflow.Python.Conda.Channels;

namespace Metaflow.Python.Tests.Conda.Channels;

public sealed class CondaChannelTests
{
    private static readonly ChannelOptions Options = new()
    {
        Alias = "https://conda.invalid/",
        Addresses = new Dictionary<string, string> { ["main"] = "https://repo.invalid/pkgs/main" },
        Folder = "/data",
    };

    [Theory]
    [InlineData("conda-forge", "conda-forge", "https://conda.invalid/conda-forge")]
    [InlineData("conda-forge/label/dev", "conda-forge/label/dev", "https://conda.invalid/conda-forge/label/dev")]
    [InlineData("main", "main", "https://repo.invalid/pkgs/main")]
    [InlineData("https://repo.invalid/pkgs/main/", "main", "https://repo.invalid/pkgs/main")]
    [InlineData("https://conda.invalid/conda-forge/linux-64/", "conda-forge", "https://conda.invalid/conda-forge")]
    [InlineData("https://ada:s%40crit@host:8080/a/b", "https://host:8080/a/b", "https://host:8080/a/b")]
    [InlineData("https://host/t/tk-123/a", "https://host/a", "https://host/a")]
    [InlineData("file:///data/chan", "file:///data/chan", "file:///data/chan")]
    [InlineData("/data/chan", "file:///data/chan", "file:///data/chan")]
    [InlineData("./chan", "file:///data/chan", "file:///data/chan")]
    public void A_channel_is_a_name_an_address_or_a_folder(string text, string name, string url)
    {
        var channel = CondaChannel.Parse(text, Options);

        Assert.Equal((name, url), (channel.Name, channel.Url));
    }

    [Theory]
    [InlineData("conda-forge[linux-64,noarch]", "linux-64 noarch")]
    [InlineData("conda-forge/noarch", "noarch")]
    [InlineData("https://host/a/linux-aarch64", "linux-aarch64")]
    public void A_channel_may_be_limited_to_platforms(string text, string platforms)
        => Assert.Equal(platforms, string.Join(' ', CondaChannel.Parse(text, Options).Platforms!));

    [Theory]
    [InlineData("")]
    [InlineData("s3://bucket/chan")]
    [InlineData("https://")]
    public void A_text_that_names_no_channel_is_refused_with_a_code(string text)
        => Assert.Equal("MF7052", Assert.Throws<EnvironmentException>(() => CondaChannel.Parse(text, Options)).Code);

    [Fact]
    public void A_name_needs_an_address_to_be_put_behind()
        => Assert.Equal(
            "MF7052", Assert.Throws<EnvironmentException>(() => CondaChannel.Parse("conda-forge", new ChannelOptions())).Code);

    [Fact]
    public void Credentials_go_to_the_channel_and_are_shown_nowhere()
    {
        var channel = CondaChannel.Parse("https://ada:s%40crit@host/t/tk-123/a", Options);
        var own = channel.RequestFor("https://host/a/noarch/repodata.json");
        var other = channel.RequestFor("https://elsewhere/a/noarch/x-1-0.conda");

        Assert.Equal("https://host/t/tk-123/a/noarch/repodata.json", own.RequestUri!.ToString());
        Assert.Equal("YWRhOnNAY3JpdA==", own.Headers.Authorization!.Parameter);
        Assert.Equal("https://elsewhere/a/noarch/x-1-0.conda", other.RequestUri!.ToString());
        Assert.Null(other.Headers.Authorization);
        Assert.DoesNotContain("crit", $"{channel}{channel.Url}{channel.Name}", StringComparison.Ordinal);
    }
}
