using System.Collections;
using System.Globalization;
using System.Reflection;
using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Client;

/// <summary>Each member of a handle that reads has an asynchronous twin that says the same: shown on the runs that the reference
/// wrote.</summary>
public sealed class AsynchronousTwinTests(GoldenFolder golden) : IClassFixture<GoldenFolder>
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    // They change what is kept; other tests show that they do.
    private static readonly string[] Changes = ["AddTag", "RemoveTag", "ReplaceTag", "ChangeTags", "ScrubLog"];

    private static readonly Type[] Handles =
    [
        typeof(MetaflowClient), typeof(FlowHandle), typeof(FlowHandle<GoldenFlow>), typeof(RunHandle), typeof(
            RunHandle<GoldenFlow>), typeof(StepHandle),
        typeof(TaskHandle), typeof(TaskHandle<GoldenFlow>), typeof(ArtifactHandle), typeof(TaskData),
    ];

    private readonly CallCounter _calls = new();

    [Fact]
    public async Task Each_member_that_reads_has_a_twin_that_returns_the_same()
    {
        var reading = new HashSet<MethodInfo>();
        var compared = 0;
        foreach (var make in Makers())
        {
            foreach (var (member, twin) in PairsOf(make().GetType()))
            {
                if (Changes.Contains(member.Name))
                {
                    continue;
                }

                var handle = make();
                var before = _calls.Count;
                var expected = Said(() => member.Invoke(handle, ArgumentsOf(member, handle)));
                if (_calls.Count == before)
                {
                    continue;
                }

                reading.Add(member);
                Assert.True(twin is not null, $"{handle.GetType().Name}.{member.Name} reads and has no asynchronous twin.");
                var other = make();
                Assert.Equal(
                    $"{member.Name}: {await expected}", $"{member.Name}: {await Said(() => twin.Invoke(other, ArgumentsOf(twin, other)))}");
                compared++;
            }
        }

        Assert.True(reading.Count > 60, $"Only {reading.Count} members read.");
        Assert.True(compared > 500, $"Only {compared} values were compared.");
    }

    [Fact]
    public void Each_twin_has_the_parameters_of_its_member_and_a_token()
    {
        foreach (var handle in Handles)
        {
            var pairs = PairsOf(handle).Where(static pair => pair.Twin is not null).ToList();
            var twins = handle.GetMethods(Declared).Where(
                static method => method.Name.EndsWith("Async", StringComparison.Ordinal)).Select(static method => method.Name);
            Assert.Equal(twins.Order(), pairs.Select(static pair => pair.Twin!.Name).Order());
            Assert.All(
                Changes.Where(change => handle.GetMethod(change) is not null), change => Assert.Contains(
                    pairs, pair => pair.Member.Name == change));
            foreach (var (member, twin) in pairs)
            {
                var parameters = twin!.GetParameters();
                Assert.Equal(
                    member.GetParameters().Select(static parameter => parameter.Name), parameters[..^1].Select(
                        static parameter => parameter.Name));
                Assert.Equal(typeof(CancellationToken), parameters[^1].ParameterType);
                Assert.True(parameters[^1].HasDefaultValue);
            }
        }
    }

    private static IEnumerable<(MethodInfo Member, MethodInfo? Twin)> PairsOf(Type handle)
    {
        var methods = handle.GetMethods(Declared).Select(static method => method.IsGenericMethodDefinition
            ? method.MakeGenericMethod(method.Name.Contains("Flow", StringComparison.Ordinal) ? typeof(GoldenFlow) : typeof(object))
            : method).ToLookup(static method => method.Name.EndsWith("Async", StringComparison.Ordinal));
        foreach (var member in methods[false].Where(static method => !method.Name.StartsWith("set_", StringComparison.Ordinal)))
        {
            var name = member.IsSpecialName ? member.Name["get_".Length..] : member.Name;
            string[] names = name == "Item" ? ["GetAsync"] : [$"{name}Async", $"Get{name}Async", $"Load{name}Async"];
            yield return (
                member, methods[true].SingleOrDefault(
                    twin => names.Contains(twin.Name) && twin.IsGenericMethod == member.IsGenericMethod));
        }
    }

    private IEnumerable<Func<object>> Makers()
    {
        yield return () => Open();
        foreach (var flow in Open().Flows)
        {
            yield return () => Open().Flow(flow.Name);
            yield return () => Open().Flow(flow.Name).Run(flow.LatestRun!.Id);
            foreach (var run in flow.Runs().Take(flow.Name == "FailFlow" ? 3 : 1))
            {
                yield return () => Open().Run(run.Pathspec);
                foreach (var step in run.Steps)
                {
                    yield return () => Open().Step(step.Pathspec);
                    foreach (var task in step.Tasks.Take(1))
                    {
                        yield return () => Open().Task(task.Pathspec);
                        yield return () => Open().Task(task.Pathspec).Data;
                        foreach (var artifact in task.AllArtifacts.Take(2))
                        {
                            yield return () => Open().Artifact(artifact.Pathspec);
                        }
                    }
                }
            }
        }

        yield return () => Open().Flow<GoldenFlow>();
        yield return () => Open().Flow<GoldenFlow>().Run(Open().Flow<GoldenFlow>().Untyped.Runs()[0].Id);
        yield return () => Open().Flow<GoldenFlow>().Runs()[0].Tasks("start")[0];
    }

    private object?[] ArgumentsOf(MethodInfo method, object handle) =>
    [
        .. method.GetParameters().Select(object? (parameter) => parameter.Name switch
        {
            "cancellationToken" => TestContext.Current.CancellationToken,
            "pathspec" => PathspecFor(method.Name),
            "runId" => handle is FlowHandle flow ? flow.Runs()[0].Id : ((FlowHandle<GoldenFlow>)handle).Runs()[0].Id,
            "step" => "start",
            "taskId" => "1",
            "name" => handle is MetaflowClient ? "FailFlow" : handle is RunHandle ? "start" : "name",
            "tags" => Array.Empty<string>(),
            "limit" => 5,
            "attempt" => parameter.HasDefaultValue ? null : 0,
            "stream" => Metaflow.Logs.LogKind.Stdout,
            _ => throw new InvalidOperationException(parameter.Name),
        }),
    ];

    private string PathspecFor(string method)
    {
        var task = Open().Flow("FailFlow").LatestRun!.StartTask!.Pathspec;
        return method switch
        {
            "Run" or "GetRunAsync" => string.Join('/', task.Split('/')[..2]),
            "Step" or "GetStepAsync" => string.Join('/', task.Split('/')[..3]),
            "Task" or "GetTaskAsync" => task,
            _ => task + "/name",
        };
    }

    private static async Task<string> Said(Func<object?> ask)
    {
        try
        {
            var answer = ask();
            if (answer is Task waiting)
            {
                await waiting;
                return Shown(waiting.GetType().GetProperty("Result")!.GetValue(waiting));
            }

            var stream = answer?.GetType().GetInterface("IAsyncEnumerable`1");
            return stream is null
                ? Shown(answer)
                    : await (Task<string>)typeof(AsynchronousTwinTests).GetMethod(
                        nameof(ListedAsync), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(stream.GetGenericArguments()).Invoke(null, [answer])!;
        }
        catch (Exception error)
        {
            var cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
            return $"{cause.GetType().Name}: {cause.Message}";
        }
    }

    private static async Task<string> ListedAsync<T>(IAsyncEnumerable<T> items) => Shown(await items.ToListAsync());

    private static string Shown(object? value) => value switch
    {
        null => "null",
        string text => text,
        TaskData data => $"TaskData of {Shown(data.Names)}",
        GoldenFlow flow => $"GoldenFlow with {flow.Artifact.Value}",
        MetaflowClient or FlowHandle or RunHandle or StepHandle or TaskHandle or ArtifactHandle => Identity(value),
        RunRow<GoldenFlow> => Identity(value),
        _ when Handles.Contains(value.GetType()) => Identity(value),
        IDictionary pairs => string.Join(
            "; ", pairs.Keys.Cast<object>().Select(key => $"{Shown(key)}={Shown(pairs[key])}").Order(StringComparer.Ordinal)),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Shown))}]",
        MetadataDatum datum => $"{datum.Field} {datum.Type} {datum.Text} {Shown(datum.Tags)} {datum.CreatedAt:O}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Identity(object handle)
        => $"{handle.GetType().Name} "
            + $"{(handle.GetType().GetProperty("Pathspec") ?? handle.GetType().GetProperty("Name"))?.GetValue(handle)}";

    private MetaflowClient Open() => new(
        Counted<IMetadataProvider>(new LocalMetadataProvider(golden.Root, TimeProvider.System)), Counted<IBlobStore>(
            new LocalBlobStore(golden.Root)));

    private T Counted<T>(T real)
        where T : class
    {
        var counted = DispatchProxy.Create<T, Counting<T>>();
        ((Counting<T>)(object)counted).Real = real;
        ((Counting<T>)(object)counted).Calls = _calls;
        return counted;
    }

    /// <summary>How often a store was asked.</summary>
    public sealed class CallCounter
    {
        public int Count { get; set; }
    }

    /// <summary>Something that counts the calls of its methods.</summary>
    public class Counting<T> : DispatchProxy
        where T : class
    {
        public T? Real { get; set; }

        public CallCounter? Calls { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Calls!.Count += targetMethod!.IsSpecialName ? 0 : 1;
            return targetMethod.Invoke(Real, args);
        }
    }

    private sealed class GoldenFlow : IArtifactHolder
    {
        public ArtifactCell<string> Artifact { get; } = new("name");

        public string FlowName => "FailFlow";

        public void CollectCells(ICollection<ArtifactCell> cells) => cells.Add(Artifact);
    }
}
