using System.Diagnostics;
using Metaflow.Environments.Files;

namespace Metaflow.Environments.Tests.Files;

public sealed class RequirementsFileTests
{
    private const string Nested = "a=;python_version < \"3\" and (os_name == \"x\" or extra in \"y\")";

    [Theory]
    [InlineData("numpy>=1.2,<2 ; sys_platform=='linux'", "numpy=<2,>=1.2;sys_platform == \"linux\"")]
    [InlineData("numpy", "numpy=")]
    [InlineData("numpy==1.2", "numpy=1.2")]
    [InlineData("numpy == 1.0", "numpy=1")]
    [InlineData("numpy===1.2", "numpy=1.2")]
    [InlineData("numpy (>=1.2)", "numpy=>=1.2")]
    [InlineData("numpy~=1.4.5, != 1.4.6", "numpy=!=1.4.6,~=1.4.5")]
    [InlineData("greet [ y , x ] == 1.2", "greet[x,y]=1.2")]
    [InlineData("greet@https://example.org/greet.whl", "greet@https://example.org/greet.whl=")]
    [InlineData("greet[x] @ git+https://a.example/b.git@v1#egg=greet  # why", "greet[x]@git+https://a.example/b.git@v1#egg=greet=")]
    [InlineData("greet @ https://example.org/a.whl ; os_name == 'nt'", "greet@https://example.org/a.whl=;os_name == \"nt\"")]
    [InlineData("a;python_version<'3' and (os.name=='x' or extra in 'y')", Nested)]
    [InlineData("a; python_implementation!='x'", "a=;platform_python_implementation != \"x\"")]
    [InlineData("a; ((python_version  not  in '2.7, 3.0'))", "a=;python_version not in \"2.7, 3.0\"")]
    [InlineData("a; extra == 'Foo_Bar'", "a=;extra == \"foo-bar\"")]
    public void A_package_of_Python_is_kept_in_one_form(string line, string expected)
        => Assert.Equal(expected, FileAssert.Packages(Parse(line), "pypi"));

    [Theory]
    [InlineData("# comment\n\n  # another\nnumpy # why\n", "numpy=")]
    [InlineData("numpy\\\n>=1\\\n,<2\nscipy", "numpy=<2,>=1\nscipy=")]
    [InlineData("numpy # no \\\nscipy", "numpy=")]
    [InlineData("# no \\\nscipy", "scipy=")]
    [InlineData("numpy \\", "numpy=")]
    [InlineData("\uFEFFnumpy\r\nscipy\rpandas", "numpy=\npandas=\nscipy=")]
    [InlineData("\tnumpy\t>=\t1\t", "numpy=>=1")]
    [InlineData("", "")]
    [InlineData("numpy>=1\nnumpy<2", "numpy=>=1,<2")]
    [InlineData("numpy==1.0\nnumpy==1", "numpy=1")]
    [InlineData("Numpy\nnumpy", "Numpy=\nnumpy=")]
    public void Comments_and_lines_are_those_of_pip(string text, string expected)
        => Assert.Equal(expected, FileAssert.Packages(Parse(text), "pypi"));

    [Fact]
    public void Options_are_kept_for_their_resolvers()
    {
        var read = Parse(
            """
            -i https://main.example/simple
            --extra-index-url https://a.example/simple
            --extra-index-url=https://b.example/simple
            -f wheels
            --find-links=more
            --trusted-host a.example
            --pre
            --no-index
            --conda-pkg ffmpeg >= 6 , < 7
            --conda-pkg git
            --conda-pkg cmake==3.1
            --conda-channel forge
            --sys-pkg __glibc==2.27
            python==3.11
            """);

        Assert.Equal(["https://a.example/simple", "https://b.example/simple"], FileAssert.Sources(read, "pypi"));
        Assert.Equal(
            ["-f wheels", "--find-links more", "--trusted-host a.example", "--pre", "--no-index"], read.Requirement.Extras["pypi"]);
        Assert.Equal("cmake=3.1\nffmpeg=>=6,<7\ngit=", FileAssert.Packages(read, "npconda"));
        Assert.Equal(["forge"], FileAssert.Sources(read, "conda"));
        Assert.Equal("__glibc=2.27", FileAssert.Packages(read, "sys"));
        Assert.Equal("3.11", read.Requirement.Python);
        Assert.Contains("Line 1 of 'r.txt' is ignored", Assert.Single(read.Notes), StringComparison.Ordinal);
        Assert.Null(read.Requirement.Disabled);
    }

    [Theory]
    [InlineData("Newtonsoft.Json==12.0.3", "Newtonsoft.Json=[12.0.3]")]
    [InlineData("Newtonsoft.Json == 12.0.3 # exact", "Newtonsoft.Json=[12.0.3]")]
    [InlineData("Newtonsoft.Json", "Newtonsoft.Json=*")]
    [InlineData("Newtonsoft.Json==12.*", "Newtonsoft.Json=12.*")]
    [InlineData("Newtonsoft.Json>=12,<13", "Newtonsoft.Json=[12.0.0,13.0.0)")]
    [InlineData("Newtonsoft.Json [12.0,13.0)", "Newtonsoft.Json=[12.0.0,13.0.0)")]
    [InlineData("Newtonsoft.Json==[12.0,13.0)", "Newtonsoft.Json=[12.0.0,13.0.0)")]
    [InlineData("Newtonsoft.Json~=12.0.1", "Newtonsoft.Json=[12.0.1,12.1.0)")]
    [InlineData("Schrödinger.Katze==1.0", "Schrödinger.Katze=[1.0.0]")]
    public void A_package_of_NuGet_is_kept_in_one_form(string package, string expected)
    {
        var read = Parse($"--nuget-pkg {package}\n--nuget-source https://feed.example/index.json\n--nuget-source=corporate");

        Assert.Equal(expected, FileAssert.Packages(read, "nuget"));
        Assert.Equal(["https://feed.example/index.json", "corporate"], FileAssert.Sources(read, "nuget"));
    }

    [Fact]
    public void The_same_package_of_NuGet_must_satisfy_both_lines_whatever_its_case()
    {
        Assert.Equal(
            "Acme.Lib=[1.5.0,2.0.0)", FileAssert.Packages(Parse("--nuget-pkg Acme.Lib>=1,<2\n--nuget-pkg acme.lib>=1.5"), "nuget"));

        FileAssert.Refused(
            "MF7105",
            "Line 1 of 'r.txt' asks for the package 'acme.lib' with the version '[1.0.0]', line 3 of 'r.txt' with '[2.0.0]'",
            static () => Parse("--nuget-pkg Acme.Lib==1\n\n--nuget-pkg acme.lib==2"));
    }

    [Theory]
    [InlineData("-c constraints.txt", "MF7112", "into the lines of the packages")]
    [InlineData("--constraint=constraints.txt", "MF7112", "into the lines of the packages")]
    [InlineData("-e .", "MF7112", "git+https")]
    [InlineData("-r more.txt", "MF7112", "Copy the lines")]
    [InlineData("numpy==1.2 --hash=sha256:abc", "MF7112", "hashes of the packages found are kept")]
    [InlineData("numpy==1.2 \\\n  --hash=sha256:abc \\\n  --hash=sha256:def", "MF7112", "hashes of the packages found are kept")]
    [InlineData("--require-hashes", "MF7112", "hashes")]
    [InlineData("--only-binary :all:", "MF7112", "Remove the line")]
    [InlineData("-", "MF7112", "Remove the line")]
    [InlineData("--extra-index-url", "MF7111", "Write a value")]
    [InlineData("--conda-pkg", "MF7111", "Write a value")]
    [InlineData("--nuget-pkg", "MF7111", "Write a value")]
    [InlineData("--nuget-pkg Not/A/Package==1", "MF7111", "Newtonsoft.Json==12.0.3")]
    [InlineData("--nuget-pkg Acme.Lib 1.0", "MF7111", "Newtonsoft.Json==12.0.3")]
    [InlineData("./local", "MF7111", "name==1.2")]
    [InlineData("https://example.org/a.whl", "MF7111", "name @ https")]
    [InlineData("numpy 1.2", "MF7111", "name==1.2")]
    [InlineData("numpy==", "MF7111", "name==1.2")]
    [InlineData("numpy~=1", "MF7111", "name==1.2")]
    [InlineData("numpy>=1.*", "MF7111", "name==1.2")]
    [InlineData("numpy; python_version", "MF7111", "name==1.2")]
    [InlineData("numpy; nonsense == '1'", "MF7111", "name==1.2")]
    [InlineData("numpy @ nowhere", "MF7111", "name==1.2")]
    [InlineData("<<<<<<< HEAD", "MF7111", "name==1.2")]
    [InlineData("--sys-pkg __osx==1", "MF7113", "__glibc")]
    [InlineData("--sys-pkg __glibc", "MF7113", "__glibc")]
    [InlineData("--sys-pkg __glibc>=2.27", "MF7113", "__glibc")]
    public void A_line_that_cannot_be_kept_is_refused_with_a_remedy(string line, string code, string fix)
        => Assert.Contains(
            fix, FileAssert.Refused(code, "Line 2 of 'r.txt' has '", () => Parse($"ok==1\n{line}\nok2")).Fix, StringComparison.Ordinal);

    [Fact]
    public void The_version_of_Python_is_named_once()
        => Assert.Contains(
            "in line 1",
            FileAssert.Refused("MF7114", "Line 2 of", static () => Parse("python==3.10\npython==3.11")).Why,
            StringComparison.Ordinal);

    [Fact]
    public void A_constraint_of_NuGet_that_cannot_be_read_names_its_line()
        => FileAssert.Refused(
            "MF7103",
            "The package 'Acme.Lib' in line 2 of 'r.txt' has the version '==newest'.",
            static () => Parse("\n--nuget-pkg Acme.Lib==newest"));

    [Fact]
    public void Markers_that_differ_cannot_be_kept_for_one_package()
        => FileAssert.Refused(
            "MF7101",
            "Line 1 of 'r.txt' and line 2 of 'r.txt' differ in the marker of the package 'a'",
            static () => Parse("a<2; python_version<'3.9'\na>=2; python_version>='3.9'"));

    [Fact]
    public void Deep_and_long_lines_end_soon_with_a_short_error()
    {
        var start = Stopwatch.GetTimestamp();

        FileAssert.Refused("MF7111", "Line 1", static () => Parse("a; " + new string('(', 200_000)));
        FileAssert.Refused("MF7111", "Line 1", static () => Parse(new string(' ', 100_000) + new string('!', 1_000_000)));
        FileAssert.Refused("MF7111", "Line 1", static () => Parse("a[" + string.Concat(Enumerable.Repeat("x,", 100_000))));
        FileAssert.Refused("MF7111", "Line 1", static () => Parse("a" + new string(' ', 100_000) + "b"));
        FileAssert.Refused("MF7111", "Line 1", static () => Parse("a" + string.Concat(Enumerable.Repeat(">=1,", 50_000)) + "b"));
        FileAssert.Refused("MF7111", "Line 1", static () => Parse("a" + new string('-', 200_000)));

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static FileRequirement Parse(string text) => RequirementsFile.Parse(InputFile.Of("r.txt", text));
}
