using Metaflow.Environments.Storage;
using Metaflow.Errors;

namespace Metaflow.Environments.Tests.Storage;

/// <summary>What users write where an environment is asked for.</summary>
public sealed class EnvironmentReferenceTests
{
    private const string Hash = "0123456789abcdef0123456789abcdef01234567";

    [Theory]
    [InlineData("training", "training", "latest", true)]
    [InlineData("team/my-training_2:v1.0", null, null, false)]
    [InlineData("team/my-training_2:v1", "team/my-training_2", "v1", false)]
    [InlineData("a:stable", "a", "stable", true)]
    [InlineData("a:candidate", "a", "candidate", true)]
    [InlineData("a:latest", "a", "latest", true)]
    [InlineData("a/latest:v1", "a/latest", "v1", false)]
    [InlineData("a:b:c", null, null, false)]
    [InlineData("A", null, null, false)]
    [InlineData("a b", null, null, false)]
    [InlineData("a.b", null, null, false)]
    [InlineData("/a", null, null, false)]
    [InlineData("a/", null, null, false)]
    [InlineData("a:", null, null, false)]
    [InlineData("a:x/y", null, null, false)]
    [InlineData(":v1", null, null, false)]
    [InlineData("", null, null, false)]
    public void Names_have_the_rules_of_the_extension(string text, string? name, string? tag, bool isMutable)
    {
        if (name is null)
        {
            var error = Assert.Throws<EnvironmentException>(() => EnvironmentReference.Parse(text));
            Assert.Equal(ErrorCodes.EnvironmentNameInvalid, error.Code);
            Assert.NotEmpty(error.Why);
            Assert.Throws<EnvironmentException>(() => EnvironmentName.Parse(text));
        }
        else
        {
            var found = Assert.IsType<EnvironmentReference.OfName>(EnvironmentReference.Parse(text)).Name;
            Assert.Equal(new EnvironmentName(name, tag!), found);
            Assert.Equal(isMutable, found.IsMutable);
            Assert.Equal(found, EnvironmentName.OfKey(found.Key));
            Assert.Equal(found, EnvironmentName.Parse(found.ToString()));
        }
    }

    [Theory]
    [InlineData(200, "v1", true)]
    [InlineData(201, "v1", false)]
    [InlineData(1, null, false)]
    public void What_would_be_too_long_for_the_name_of_a_file_is_no_name(int length, string? tag, bool isName)
    {
        var text = $"team/{new string('a', length)}:{tag ?? new string('b', 201)}";

        Assert.Equal(isName, EnvironmentName.TryParse(text, out _, out var why));
        Assert.Equal(isName, why.Length == 0);
    }

    [Theory]
    [InlineData("step:Flow/12/start", "Flow/12/start")]
    [InlineData("step:Flow/12/start/3", "Flow/12/start/3")]
    [InlineData("step:Flow/12", null)]
    [InlineData("step:Flow/12/start/3/x", null)]
    [InlineData("step:Flow//start", null)]
    [InlineData("step:", null)]
    public void A_task_or_its_step_stands_for_its_environment(string text, string? pathspec)
    {
        if (pathspec is null)
        {
            Assert.Equal(
                ErrorCodes.EnvironmentNameInvalid, Assert.Throws<EnvironmentException>(() => EnvironmentReference.Parse(text)).Code);
        }
        else
        {
            Assert.Equal(new EnvironmentReference.OfTask(pathspec), EnvironmentReference.Parse(text));
        }
    }

    [Fact]
    public void Hashes_stand_for_their_environment()
    {
        Assert.Equal(
            new EnvironmentReference.OfHashes(new EnvironmentTarget(Hash, Hash[..39] + "f")),
            EnvironmentReference.Parse($"{Hash}:{Hash[..39]}f"));
        Assert.Equal(new EnvironmentReference.OfPackages(Hash), EnvironmentReference.Parse(Hash));
        Assert.IsType<EnvironmentReference.OfName>(EnvironmentReference.Parse(Hash[..39]));
        Assert.Equal(
            ErrorCodes.EnvironmentNameInvalid,
            Assert.Throws<EnvironmentException>(() => EnvironmentReference.Parse($"{Hash}:{Hash[..39]}g")).Code);
    }

    [Theory]
    [InlineData("a:b", "a:b")]
    [InlineData("team/@{METAFLOW_STEP_NAME}:@{METAFLOW_INIT_V}-@{METAFLOW_INIT_V}", "team/start:@{X}-@{X}")]
    [InlineData("@{}@x{A}${A}", "@{}@x{A}${A}")]
    public void Variables_get_their_values_which_are_not_looked_at(string text, string expected)
    {
        var values = new Dictionary<string, string> { ["METAFLOW_STEP_NAME"] = "start", ["METAFLOW_INIT_V"] = "@{X}", ["A"] = "1" };

        Assert.Equal(expected, NameTemplate.Fill(text, values.GetValueOrDefault));
    }

    [Fact]
    public void A_variable_without_a_value_is_an_error()
    {
        var error = Assert.Throws<EnvironmentException>(() => NameTemplate.Fill("a:@{NOWHERE}", static _ => null));

        Assert.Equal(ErrorCodes.EnvironmentVariableUnset, error.Code);
        Assert.Contains("NOWHERE", error.Why, StringComparison.Ordinal);
    }
}
