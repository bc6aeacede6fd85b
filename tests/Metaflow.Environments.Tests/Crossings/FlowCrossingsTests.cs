using Metaflow.Definition;
using Metaflow.Environments.Checks;
using Metaflow.Environments.Crossings;
using Metaflow.Environments.Tests.Checks;
using Metaflow.Graph;

namespace Metaflow.Environments.Tests.Crossings;

/// <summary>Which artifacts of a flow cannot pass between its steps.</summary>
public sealed class FlowCrossingsTests : IDisposable
{
    private const string Flow = """
        using Acme;
        using Metaflow;
        using System.Collections.Generic;
        public class F : FlowSpec
        {
            public X Where { get; set; } = null!;
            public X? Maybe { get; set; }
            public List<X> Many { get; set; } = [];
            [Step] public object Start() => 1;
            [Step] public object Middle() => 1;
            [Step] public object Train(X item) => 1;
            [Step] public object Join(List<F> inputs) => inputs[0].Where;
            [Step] public object Last() => 1;
        }
        namespace Metaflow
        {
            public abstract class FlowSpec { }
            public sealed class StepAttribute : System.Attribute { }
        }
        """;

    private readonly AssemblyFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_step_that_reads_what_the_step_before_wrote_with_another_version_is_refused()
    {
        var found = Assert.Single(Find("Start:1 writes Where", "Last:2 reads Where"));

        Assert.Equal(("Last", "Start", "Where", true), (found.Reader, found.Writer, found.Artifact, found.Problem.IsCertain));
        Assert.Equal("Acme 2 needs 'b' of 'Acme.X', which Acme 1 does not have.", found.Problem.Reason);
    }

    [Theory]
    [InlineData("Start:1 writes Where", "Last:1 reads Where")]
    [InlineData("Start:1 writes Where", "Last:2")]
    [InlineData("Start:2 writes Where", "Last:1 reads Where")]
    [InlineData("Start:1 writes Where", "Middle:2 writes Where", "Last:2 reads Where")]
    [InlineData("Start:1 writes Where", "Last:? reads Where")]
    [InlineData("Start:? writes Where", "Last:2 reads Where")]
    [InlineData("Start:1", "Last:2 reads Where")]
    public void What_can_be_read_or_is_never_read_is_no_problem(params string[] steps) => Assert.Empty(Find(steps));

    [Theory]
    [InlineData("Start:1 writes Where", "Middle:1 reads Where", "Last:2 reads Where")]
    [InlineData("Start:1 writes Maybe", "Last:2 reads Maybe")]
    [InlineData("Start:1 writes Many", "Last:2 reads Many")]
    [InlineData("Start:1 writes Where", "Join:2 writes Where")]
    public void What_may_be_another_value_is_a_warning(params string[] steps)
        => Assert.False(Assert.Single(Find(steps)).Problem.IsCertain);

    [Theory]
    [InlineData("Start:1 writes Where", "Middle:2", "Last:2 reads Where")]
    [InlineData("Start:1 writes Where", "Join:2")]
    [InlineData("Start:1 writes Where", "Join:1", "Last:2 reads Where")]
    public void Values_pass_through_steps_that_do_not_use_them_and_joins_read_their_inputs(params string[] steps)
        => Assert.Single(Find(steps), static found => found.Writer == "Start" && found.Artifact == "Where");

    [Fact]
    public void Items_of_a_foreach_are_read_by_its_tasks()
    {
        var own = Assert.Single(Find("Start:1 foreach _foreach_items", "Train:2"));
        var artifact = Find("Start:1 writes Many", "Middle:1 foreach Many", "Train:2");

        Assert.Equal(("Train", "Start", true), (own.Reader, own.Writer, own.Problem.IsCertain));
        Assert.Equal([("Train", "Start")], artifact.Select(static found => (found.Reader, found.Writer)));
    }

    [Fact]
    public void A_step_whose_version_lacks_the_type_of_an_artifact_cannot_start()
    {
        var found = Find("Start:3", "Last:1 reads Where");

        Assert.All(found, static each => Assert.Equal(("Start", null, true), (each.Reader, each.Writer, each.Problem.IsCertain)));
        Assert.Equal(["Many", "Maybe", "Where"], found.Select(static each => each.Artifact).Order());
        Assert.Equal("Acme 3 has no type 'Acme.X'.", found[0].Problem.Reason);
    }

    [Fact]
    public void Damaged_assemblies_end_without_an_error()
    {
        var random = new Random(5);
        foreach (var file in (string[])["1", "2"])
        {
            _ = Find("Start:1 writes Where", "Last:2 reads Where");
            var path = Path.Combine(_folder.FullName, file, "Acme.dll");
            var bytes = File.ReadAllBytes(path);
            for (var round = 0; round < 200; round++)
            {
                byte[] changed = [.. bytes];
                for (var times = random.Next(1, 6); times > 0; times--)
                {
                    changed[random.Next(0x200, changed.Length)] = (byte)random.Next(256);
                }

                File.WriteAllBytes(path, changed);
                _ = Search("Start:1 writes Where", "Last:2 reads Where");
            }
        }
    }

    private IReadOnlyList<FlowCrossing> Find(params string[] steps)
    {
        var first = _folder.Compile("1", "Acme", "1.0.0.0", "namespace Acme; public class X { public int A { get; set; } }");
        _folder.Compile(
            "2", "Acme", "2.0.0.0",
            "namespace Acme; public class X { public int A { get; set; } public required int B { get; set; } }");
        _folder.Compile("3", "Acme", "3.0.0.0", "namespace Acme; public class Other { }");
        _folder.Compile("flow", "Flow", "1.0.0.0", Flow, first);
        return Search(steps);
    }

    /// <summary>A step is such as <c>Last:2 reads Where</c>: with version 2 of the package; steps follow each other in order.</summary>
    private IReadOnlyList<FlowCrossing> Search(params string[] steps)
    {
        var nodes = steps.Select((text, index) => StepOf(text, steps.ElementAtOrDefault(index + 1))).ToList();
        var definition = new FlowDefinition
        {
            FlowName = "F",
            Graph = new FlowGraph("F", nodes),
            Artifacts = [new("Where", "Where", "X"), new("Maybe", "Maybe", "X?"), new("Many", "Many", "List<X>")],
        };
        var flow = Path.Combine(_folder.FullName, "flow", "Flow.dll");
        var versions = steps.ToDictionary(static text => text.Split(':')[0], static text => text.Split(':')[1][..1]);
        var known = new Dictionary<string, StepAssemblies>();
        foreach (var version in versions.Values.Distinct().Where(static version => version != "?"))
        {
            var file = Path.Combine(_folder.FullName, version, "Acme.dll");
            known[version] = new StepAssemblies(new Dictionary<string, string> { [file] = $"Acme {version}" }, [flow], NoPackages);
        }

        using var code = new OwnCode([flow], []);
        var found = new FlowCrossings(
            definition, new FlowCode(code, "Flow"), "F", step => known.GetValueOrDefault(versions[step])).Find();
        foreach (var assemblies in known.Values)
        {
            assemblies.Dispose();
        }

        return found;
    }

    private static readonly Dictionary<string, string> NoPackages = [];

    private static StepNode StepOf(string text, string? next)
    {
        var words = text.Split(' ');
        var name = words[0].Split(':')[0];
        string? After(string word) => words is [_, var verb, var artifact] && verb == word ? artifact : null;
        return new StepNode
        {
            Name = name,
            MethodName = name,
            TakesInputs = name == "Join",
            ItemType = name == "Train" ? "X" : null,
            IsMarkedStart = name == "Start",
            Reads = After("reads") is { } read ? [new(read, 1)] : [],
            Writes = After("writes") is { } written ? [written] : [],
            Transitions = next is null ? [] : [new TransitionNode([next.Split(':')[0]], After("foreach"), false, 0, 1)],
        };
    }
}
