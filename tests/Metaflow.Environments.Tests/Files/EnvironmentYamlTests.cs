using System.Diagnostics;
using Metaflow.Environments.Files;

namespace Metaflow.Environments.Tests.Files;

public sealed class EnvironmentYamlTests
{
    [Fact]
    public void A_whole_file_is_read()
    {
        var read = Parse(
            """
            # An environment.
            name: training
            channels:
              - conda-forge
              - https://user:secret@conda.example/forge   # ours
            pypi-indices:
              - https://pypi.example/simple
            nuget-sources:
              - https://feed.example/index.json
            variables:
              A: b
            dependencies:
              - python=3.11
              - numpy=1.26.4
              # In the middle.
              - "pandas>=2,<3"
              - conda-forge::ffmpeg = 6.*
              - git
              - pip:
                - requests==2.32.3
                - greet[x,y] >=1 ; sys_platform=='linux'
                - git+https://example.org/lib.git@v1#egg=other
                - /srv/wheels/local.whl
              - sys:
                - __glibc=2.27
              - nuget:
                - Newtonsoft.Json=12.0.3
                - Serilog>=3,<5
              - zlib
            prefix: /opt/x
            """);

        Assert.Equal("3.11", read.Requirement.Python);
        Assert.Equal(["conda-forge", "https://user:secret@conda.example/forge"], FileAssert.Sources(read, "conda"));
        Assert.Equal(["https://pypi.example/simple"], FileAssert.Sources(read, "pypi"));
        Assert.Equal(["https://feed.example/index.json"], FileAssert.Sources(read, "nuget"));
        Assert.Equal(
            "conda-forge::ffmpeg=6.*\ngit=\nnumpy=1.26.4\npandas=>=2,<3\nzlib=", FileAssert.Packages(read, "conda"));
        Assert.Equal(
            "greet[x,y]=>=1;sys_platform == \"linux\"\nlocal.whl@/srv/wheels/local.whl=\n"
            + "other@git+https://example.org/lib.git@v1#egg=other=\nrequests=2.32.3",
            FileAssert.Packages(read, "pypi"));
        Assert.Equal("__glibc=2.27", FileAssert.Packages(read, "sys"));
        Assert.Equal("Newtonsoft.Json=[12.0.3]\nSerilog=[3.0.0,5.0.0)", FileAssert.Packages(read, "nuget"));
        Assert.Empty(read.Notes);
    }

    [Theory]
    [InlineData("pkg = >=1", "pkg=>=1")]
    [InlineData("pkg >=1", "pkg=>=1")]
    [InlineData("pkg=1", "pkg=1")]
    [InlineData("pkg==1", "pkg=1")]
    [InlineData("pkg = =1", "pkg=1")]
    [InlineData("pkg ~= 1.2", "pkg=~=1.2")]
    [InlineData("pkg!=1.2", "pkg=!=1.2")]
    [InlineData("pkg=1=py39_0", "pkg=1=py39_0")]
    [InlineData("chan::pkg=1", "chan::pkg=1")]
    [InlineData("chan/label/x::pkg", "chan/label/x::pkg=")]
    [InlineData("https://conda.example/forge::pkg", "https://conda.example/forge::pkg=")]
    [InlineData("'pkg =1'", "pkg=1")]
    [InlineData("__cuda", "__cuda=")]
    public void A_package_of_conda_is_written_in_several_ways(string item, string expected)
        => Assert.Equal(expected, FileAssert.Packages(Parse($"dependencies:\n- {item}\n"), "conda"));

    [Theory]
    [InlineData("git+https://example.org/a/lib.git@main", "lib@git+https://example.org/a/lib.git@main=")]
    [InlineData("https://example.org/lib-1.0-py3-none-any.whl", "lib-1.0-py3-none-any.whl@https://example.org/lib-1.0-py3-none-any.whl=")]
    [InlineData("ssh://git@example.org/lib.git", "lib@ssh://git@example.org/lib.git=")]
    [InlineData("lib @ https://example.org/x.whl", "lib@https://example.org/x.whl=")]
    [InlineData("lib[x] @ https://example.org/x?a=b", "lib[x]@https://example.org/x?a=b=")]
    public void An_address_gets_a_name(string item, string expected)
        => Assert.Equal(expected, FileAssert.Packages(Parse($"dependencies:\n  - pip:\n    - {item}\n"), "pypi"));

    [Fact]
    public void Items_may_stand_in_one_line_and_without_indentation()
    {
        var read = Parse(
            "\uFEFFchannels: [a, b]\r\ndependencies:\r\n- numpy\r\n- pip:\r\n  - requests\r\n- scipy\r\nname: x\r\n- not-read\r\n");

        Assert.Equal(["a", "b"], FileAssert.Sources(read, "conda"));
        Assert.Equal("numpy=\nscipy=", FileAssert.Packages(read, "conda"));
        Assert.Equal("requests=", FileAssert.Packages(read, "pypi"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n---\n# nothing\n")]
    [InlineData("name: x\nfoo:\n  - bar\n")]
    public void A_file_without_packages_asks_for_nothing(string text)
        => Assert.Empty(Parse(text).Requirement.Packages);

    [Theory]
    [InlineData("\t- numpy", "MF7111")]
    [InlineData("- numpy 1.2", "MF7111")]
    [InlineData("- numpy[version='>=1']", "MF7111")]
    [InlineData("- npm:", "MF7111")]
    [InlineData("- numpy=1;python_version>'3'", "MF7111")]
    [InlineData("numpy", "MF7111")]
    [InlineData("- pip:\n    - numpy; what", "MF7111")]
    [InlineData("- pip:\n    - -r requirements.txt", "MF7112")]
    [InlineData("- pip:\n    - --extra-index-url https://a.example", "MF7112")]
    [InlineData("- sys:\n    - __glibc", "MF7113")]
    [InlineData("- sys:\n    - __glibc>=2", "MF7113")]
    [InlineData("- sys:\n    - __osx=1", "MF7113")]
    [InlineData("- python=3.10\n- python=3.11", "MF7114")]
    [InlineData("- nuget:\n    - A=x", "MF7103")]
    [InlineData("- nuget:\n    - A!=1", "MF7104")]
    [InlineData("- nuget:\n    - A=1\n    - a=2", "MF7105")]
    [InlineData("- nuget:\n    - A/B=2", "MF7111")]
    public void A_line_that_cannot_be_kept_is_refused(string items, string code)
        => Assert.Contains("'e.yml'", FileAssert.Refused(code, "", () => Parse("dependencies:\n" + items)).What, StringComparison.Ordinal);

    [Fact]
    public void Long_lines_end_soon()
    {
        var start = Stopwatch.GetTimestamp();

        FileAssert.Refused("MF7111", "Line 2", static () => Parse("dependencies:\n- a" + new string(' ', 100_000) + "b"));
        FileAssert.Refused("MF7111", "Line 2", static () => Parse("dependencies:\n- " + string.Concat(Enumerable.Repeat("a ", 50_000))));
        FileAssert.Refused("MF7111", "Line 3", static () => Parse("dependencies:\n- pip:\n  - a[" + new string(' ', 100_000)));

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_list_that_is_none_is_refused()
        => FileAssert.Refused("MF7111", "Line 1 of 'e.yml' has 'channels: conda-forge'.", static () => Parse("channels: conda-forge"));

    private static FileRequirement Parse(string text) => EnvironmentYaml.Parse(InputFile.Of("e.yml", text));
}
