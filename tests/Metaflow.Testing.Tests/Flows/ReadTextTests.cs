namespace Metaflow.Testing.Tests.Flows;

/// <summary>Arrays and lists of texts that a step read: what it changed in place is stored, and nothing else.</summary>
public sealed class ReadTextTests
{
    [Fact]
    public async Task Texts_that_a_step_replaced_added_moved_or_removed_in_place_are_stored()
    {
        var run = await FlowTest.RunAsync<TextFlow>(cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(run.Succeeded, run.Error?.Message);
        Assert.Equal(["one", "zwei", "three"], run.Data.Replaced);
        Assert.Equal(["one", "two", "three", "four"], run.Data.Added);
        Assert.Equal(["three", "two", "one"], run.Data.Moved);
        Assert.Equal(["one", "three"], run.Data.Removed);
        Assert.Equal(",two,three", string.Join(',', run.Data.Emptied));
        Assert.Equal(["one", "two", "three"], run.Data.Kept);
        Assert.Equal(["one", "two", "three"], run.Data.Copied);

        var (before, after) = (run.Tasks("start")[0].Untyped, run.Tasks("change")[0].Untyped);
        Assert.Equal(
            ["copied", "kept", "name"],
            before.Artifacts.Where(artifact => after.Artifacts.Any(other => other.Name == artifact.Name && other.Sha == artifact.Sha))
                .Select(static artifact => artifact.Name).Order(StringComparer.Ordinal));
    }
}

/// <summary>Changes texts in place.</summary>
public partial class TextFlow : FlowSpec
{
    public partial string[] Replaced { get; set; }

    public partial List<string> Added { get; set; }

    public partial string[] Moved { get; set; }

    public partial List<string> Removed { get; set; }

    public partial string?[] Emptied { get; set; }

    public partial string[] Kept { get; set; }

    public partial List<string> Copied { get; set; }

    [Step]
    private Transition Start()
    {
        string[] Texts() => ["one", "two", "three"];
        (Replaced, Moved, Emptied, Kept) = (Texts(), Texts(), Texts(), Texts());
        (Added, Removed, Copied) = ([.. Texts()], [.. Texts()], [.. Texts()]);
        return Next(Change);
    }

    [Step]
    private Transition Change()
    {
        Replaced[1] = "zwei";
        Added.Add("four");
        Array.Reverse(Moved);
        Removed.RemoveAt(1);
        Emptied[0] = null;
        _ = Kept[0];
        Copied[0] = new string(Copied[0]);
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}
