using Metaflow.Artifacts;
using Metaflow.Decorators;
using Metaflow.Errors;

namespace Metaflow.Tests.Decorators;

public sealed class StepHookContextTests
{
    private readonly ArtifactCell<double> _elapsed = new("elapsed_seconds");
    private readonly ArtifactCell<int> _limit = new("limit", isReadOnly: true);
    private readonly StepHookContext _context;

    public StepHookContextTests() => _context = new StepHookContext(new HookedFlow(), "start", () => [_elapsed, _limit]);

    [Theory]
    [InlineData("elapsed_seconds")]
    [InlineData("ElapsedSeconds")]
    public void A_declared_artifact_is_set_by_its_name_on_disk_or_its_propertys(string name)
    {
        _context.SetArtifact(name, 1.5);
        Assert.Equal(1.5, _elapsed.Value);
        Assert.Empty(_context.Artifacts);
    }

    [Fact]
    public void Another_artifact_is_kept_beside_the_declared_ones_and_the_last_value_counts()
    {
        _context.SetArtifact("other", 1);
        _context.SetArtifact("other", 2);
        Assert.Equal([new("other", 2)], _context.Artifacts);
    }

    [Theory]
    [InlineData("limit", 1)]
    [InlineData("elapsed_seconds", "a text")]
    [InlineData("elapsed_seconds", null)]
    [InlineData("_private", 1)]
    [InlineData("Two Words", 1)]
    [InlineData("name", "x")]
    [InlineData("", 1)]
    public void What_cannot_be_set_is_refused(string name, object? value)
    {
        var error = Assert.Throws<StepFailedException>(() => _context.SetArtifact(name, value));
        Assert.Equal(ErrorCodes.ArtifactNotSettable, error.Code);
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_are_set_back_to_what_they_were()
    {
        const string Name = "STEP_HOOK_CONTEXT_TEST";
        Environment.SetEnvironmentVariable(Name, "before");
        _context.SetEnvironmentVariable(Name, "during");
        _context.SetEnvironmentVariable(Name, "later");
        Assert.Equal("later", Environment.GetEnvironmentVariable(Name));
        _context.RestoreEnvironment();
        Assert.Equal("before", Environment.GetEnvironmentVariable(Name));
    }

    private sealed class HookedFlow : FlowSpec;
}
