using Metaflow.Errors;
using Metaflow.Python.PyPI.Markers;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.Tests.PyPI.Markers;

public sealed class PythonDependencyTests
{
    // The table of cases of PEP 508, and what old packages have.
    [Theory]
    [InlineData("A", "A")]
    [InlineData("A.B-C_D", "A.B-C_D")]
    [InlineData("aa", "aa")]
    [InlineData("name", "name")]
    [InlineData("name<=1", "name<=1")]
    [InlineData("name>=3", "name>=3")]
    [InlineData("name>=3,<2", "name<2,>=3")]
    [InlineData("name@http://foo.com", "name @ http://foo.com")]
    [InlineData("name [fred,bar] @ http://foo.com ; python_version=='2.7'", "name[bar,fred] @ http://foo.com ; python_version == \"2.7\"")]
    [InlineData(
        "name[quux, strange];python_version<'2.7' and platform_version=='2'",
        "name[quux,strange]; python_version < \"2.7\" and platform_version == \"2\"")]
    [InlineData("name; os_name=='a' or os_name=='b'", "name; os_name == \"a\" or os_name == \"b\"")]
    [InlineData("name; os_name=='a' and os_name=='b' or os_name=='c'", "name; os_name == \"a\" and os_name == \"b\" or os_name == \"c\"")]
    [InlineData(
        "name; os_name=='a' and (os_name=='b' or os_name=='c')", "name; os_name == \"a\" and (os_name == \"b\" or os_name == \"c\")")]
    [InlineData("name (>=1.0,<2) ; extra == 'x'", "name<2,>=1.0; extra == \"x\"")]
    [InlineData("name[]~= 1.4.5", "name~=1.4.5")]
    [InlineData("name==1.*", "name==1.*")]
    [InlineData("name===some-text", "name===some-text")]
    [InlineData(
        "pkg @ git+https://host.example/o/r.git@0123456789012345678901234567890123456789#subdirectory=a/b",
        "pkg @ git+https://host.example/o/r.git@0123456789012345678901234567890123456789#subdirectory=a/b")]
    public void A_requirement_is_read_and_written(string text, string form)
    {
        Assert.Equal(form, PythonDependency.Parse(text).ToString());
        Assert.Equal(PythonDependency.Parse(text), PythonDependency.Parse(form));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-name")]
    [InlineData("name-")]
    [InlineData("name[")]
    [InlineData("name[a,]")]
    [InlineData("name @ ")]
    [InlineData("name 1.0")]
    [InlineData("name>=1.0 <2")]
    [InlineData("name>=1.0,,<2")]
    [InlineData("name>=1.*")]
    [InlineData("name (>=1")]
    [InlineData("name; nothing")]
    [InlineData("name; os_name == 'a' extra")]
    [InlineData("name @ http://foo.com; python_version=='2.7' x")]
    public void A_text_that_is_no_requirement_is_refused(string text)
    {
        Assert.False(PythonDependency.TryParse(text, out _));
        Assert.Equal("MF7070", Assert.Throws<EnvironmentException>(() => PythonDependency.Parse(text)).Code);
    }

    [Fact]
    public void The_error_says_where_the_text_is_wrong()
        => Assert.Contains("character 6", Assert.Throws<EnvironmentException>(() => PythonDependency.Parse("name[")).Why,
            StringComparison.Ordinal);

    [Fact]
    public void A_requirement_knows_its_parts()
    {
        var dependency = PythonDependency.Parse("Foo_Bar.baz[b,a,b]>=1 ; extra == 'dev'");
        var linux = MarkerEnvironment.Of(PythonVersion.Parse("3.11.7"), new PythonPlatform(PythonSystem.Linux, "x86_64"));
        Assert.Equal("foo-bar-baz", dependency.NormalizedName);
        Assert.Equal("Foo_Bar.baz[a,b]", dependency.NameWithExtras);
        Assert.False(dependency.AppliesTo(linux));
        Assert.True(dependency.AppliesTo(linux, ["Dev"]));
        Assert.True(dependency.Specifiers.Contains(PythonVersion.Parse("1.5")));
    }
}
