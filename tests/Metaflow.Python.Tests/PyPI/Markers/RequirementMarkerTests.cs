using Metaflow.Errors;
using Metaflow.Python.PyPI.Markers;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.Tests.PyPI.Markers;

public sealed class RequirementMarkerTests
{
    private static readonly MarkerEnvironment Linux = MarkerEnvironment.Of(
        PythonVersion.Parse("3.11.7"), new PythonPlatform(PythonSystem.Linux, "x86_64")) with
    { PlatformRelease = "6.1.0-18-amd64" };

    [Theory]
    [InlineData("python_version >= '3.9'", true)]
    [InlineData("python_version < '3.2'", false)]
    [InlineData("'3.9' <= python_version", true)]
    [InlineData("python_version in '3.10 3.11 3.12'", true)]
    [InlineData("python_version not in '3.10, 3.12'", true)]
    [InlineData("python_version == '3.*'", true)]
    [InlineData("python_version ~= '3.8'", true)]
    [InlineData("python_full_version == '3.11.7'", true)]
    [InlineData("python_full_version < '3.11.10'", true)]
    [InlineData("implementation_version > '3.11'", true)]
    [InlineData("sys_platform == 'linux' and platform_machine == 'x86_64'", true)]
    [InlineData("sys.platform == 'win32' or os.name == 'nt'", false)]
    [InlineData("os_name == 'posix' or os_name == 'nt' and sys_platform == 'win32'", true)]
    [InlineData("(os_name == 'posix' or os_name == 'nt') and sys_platform == 'win32'", false)]
    [InlineData("python_implementation == 'CPython'and implementation_name=='cpython'", true)]
    [InlineData("platform_system != 'Darwin'", true)]
    [InlineData("sys_platform > 'darwin'", true)]
    [InlineData("'linux' in sys_platform", true)]
    [InlineData("platform_release >= '5'", true)]
    [InlineData("extra == 'test'", false)]
    [InlineData("'x86_64' == 'x86_64'", true)]
    public void A_marker_has_the_value_that_PEP_508_gives_it(string text, bool value)
        => Assert.Equal(value, RequirementMarker.Parse(text).Evaluate(Linux));

    [Theory]
    [InlineData("extra == 'Test_Suite'", "test-suite", true)]
    [InlineData("extra == 'test' or extra == 'docs'", "docs", true)]
    [InlineData("extra == 'test' and python_version > '4'", "test", false)]
    [InlineData("extra != 'test'", "test,docs", true)]
    [InlineData("'Docs' in extras", "docs", true)]
    [InlineData("'docs' not in extras and 'dev' in dependency_groups", "test", true)]
    public void Extras_count_in_any_spelling(string text, string extras, bool value) => Assert.Equal(
        value, RequirementMarker.Parse(text).EvaluateLocked(Linux, extras.Split(','), new HashSet<string> { "dev" }));

    [Theory]
    [InlineData("platform_version == '1'", null)]
    [InlineData("platform_version == '1' and os_name == 'nt'", false)]
    [InlineData("platform_version == '1' or os_name == 'posix'", true)]
    [InlineData("python_full_version >= '3.8'", true)]
    [InlineData("python_full_version < '3.11'", false)]
    [InlineData("python_full_version >= '3.11.4'", null)]
    [InlineData("python_full_version == '3.11.4'", null)]
    [InlineData("python_full_version != '3.11.4'", null)]
    [InlineData("python_full_version == '3.11.*'", true)]
    [InlineData("implementation_version > '3'", null)]
    public void What_is_not_known_makes_a_marker_unknown_only_if_it_decides(string text, bool? value)
    {
        var series = MarkerEnvironment.Of(PythonVersion.Parse("3.11"), new PythonPlatform(PythonSystem.Linux, "x86_64"));
        Assert.Equal(value, RequirementMarker.Parse(text).Evaluate(series));
    }

    [Theory]
    [InlineData("python_version>='3.8'and(os.name=='a'or  os.name==\"b\")",
        "python_version >= \"3.8\" and (os_name == \"a\" or os_name == \"b\")")]
    [InlineData("((os_name == 'a'))", "os_name == \"a\"")]
    [InlineData("(os_name == 'a' and os_name == 'b') or os_name == 'c'", "(os_name == \"a\" and os_name == \"b\") or os_name == \"c\"")]
    [InlineData("os_name  not   in 'a\"b'", "os_name not in 'a\"b'")]
    [InlineData("extra == 'A_b.C'", "extra == \"a-b-c\"")]
    [InlineData("platform.python_implementation == 'PyPy'", "platform_python_implementation == \"PyPy\"")]
    public void A_marker_has_one_form(string text, string form)
    {
        Assert.Equal(form, RequirementMarker.Parse(text).ToString());
        Assert.Equal(form, RequirementMarker.Parse(form).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("os_name")]
    [InlineData("os_name == ")]
    [InlineData("os_name = 'a'")]
    [InlineData("os_name == 'a' xor os_name == 'b'")]
    [InlineData("named_var == 'a'")]
    [InlineData("(os_name == 'a'")]
    [InlineData("os_name == 'a')")]
    [InlineData("os_name == 'a")]
    [InlineData("os_name == 'a' and")]
    [InlineData("os_name notin 'a'")]
    [InlineData("os_name == linux")]
    public void A_text_that_is_no_marker_is_refused(string text)
        => Assert.Equal("MF7070", Assert.Throws<EnvironmentException>(() => RequirementMarker.Parse(text)).Code);

    [Fact]
    public void Texts_without_an_order_cannot_be_compared()
    {
        var error = Assert.Throws<EnvironmentException>(() => RequirementMarker.Parse("os_name ~= 'posix'").Evaluate(Linux));
        Assert.Equal("MF7070", error.Code);
    }

    [Fact]
    public void Parentheses_cannot_exhaust_the_stack()
    {
        var text = new string('(', 100_000) + "os_name == 'a'" + new string(')', 100_000);
        Assert.False(RequirementMarker.TryParse(text, out _));
    }

    [Fact]
    public void A_marker_names_its_variables()
        => Assert.Equal(["os_name", "extra"], RequirementMarker.Parse("os.name == 'a' and (extra == 'x' or os_name == 'b')").Variables);

    [Fact]
    public void Values_can_be_replaced_for_another_machine()
    {
        var other = Linux.With(new Dictionary<string, string> { ["platform_machine"] = "aarch64", ["platform_version"] = "#1" });
        Assert.True(RequirementMarker.Parse("platform_machine == 'aarch64' and platform_version == '#1'").Evaluate(other));
        Assert.Equal("aarch64", other.ToDictionary()["platform_machine"]);
    }
}
