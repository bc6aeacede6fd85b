using System.Globalization;
using System.Text.Json;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Launching;
using Metaflow.Running;
using Metaflow.Runs;

namespace Metaflow.Scheduling;

/// <summary>One scheduler's time with a run, as the journal keeps it: who it was, what it was asked for, and by what it
/// decided.</summary>
/// <param name="ProcessId">The scheduler's process.</param>
/// <param name="Host">Its machine.</param>
/// <param name="Request">What the user asked for; decorators of the settings included.</param>
/// <param name="Reuse">For which tasks earlier ones could stand in.</param>
/// <param name="Steps">The flow's steps.</param>
internal sealed record SessionRecord(int ProcessId, string Host, RunRequest Request, ReuseRule Reuse, IReadOnlyList<StepIdentity> Steps)
{
    /// <summary>Gets what its machine had for tasks; another machine that replays the run must get the same result. The default is all
    /// that is asked for.</summary>
    public TaskDemand Capacity { get; init; } = TaskDemand.Unlimited;

    /// <summary>Gets how many tasks ran at once where the limits of its machine allowed fewer than were asked for; <see langword="null"/>
    /// otherwise.</summary>
    public int? Workers { get; init; }

    /// <summary>Gets what marks the processes of its tasks, and what these start; <see langword="null"/> when no task had a process, or
    /// an early version wrote it.</summary>
    public string? Mark { get; init; }

    /// <summary>Describes the session of this process.</summary>
    /// <param name="plan">What the session runs.</param>
    /// <param name="policy">What is decided by.</param>
    /// <returns>The session.</returns>
    public static SessionRecord OfThisProcess(RunPlan plan, SchedulerPolicy policy)
        => OfThisProcess(plan.Context, plan.Reuse?.Parameters.Keys ?? [], policy);

    private static SessionRecord OfThisProcess(RunContext context, IEnumerable<string> kept, SchedulerPolicy policy) => new(
        Environment.ProcessId,
        Environment.MachineName,
        context.Request with
        {
            Parameters = GivenTo(context, kept),
            With = context.With,
            Namespace = context.Request.Namespace ?? context.Settings.Namespace,
            Resume = OriginOf(context),
        },
        policy.Reuse,
        StepIdentity.Of(policy))
    {
        Capacity = policy.Capacity,
        Workers = policy.MaxWorkers < context.Request.MaxWorkers ? policy.MaxWorkers : null,
        Mark = (context.Launchers.Default as LocalTaskLauncher)?.Mark,
    };

    // Another process continues the run, with other variables.
    private static IReadOnlyDictionary<string, string> GivenTo(RunContext context, IEnumerable<string> kept)
        => ParameterValues.Given(
            context.Definition, context.Request.Parameters, context.Settings.Environment, kept.Concat(context.Request.Values?.Keys ?? []));

    // The newest run is another one by the time the run is continued.
    private static ResumeRequest? OriginOf(RunContext context)
        => context.Request.Resume is { } resume ? resume with { OriginRun = context.OriginRunId ?? resume.OriginRun } : null;

    /// <summary>Returns what the session's scheduler decided by.</summary>
    /// <param name="graph">The graph, whose steps that matter are as they were.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>The policy.</returns>
    public SchedulerPolicy Policy(Graph.FlowGraph graph, string runId)
    {
        var budgets = Steps.ToDictionary(static step => step.Name, static step => step.Budget, StringComparer.Ordinal);
        var demands = Steps.ToDictionary(static step => step.Name, static step => step.Demand, StringComparer.Ordinal);
        var limits = Steps.ToDictionary(static step => step.Name, static step => step.MaxParallel, StringComparer.Ordinal);
        return new SchedulerPolicy(graph, Workers ?? Request.MaxWorkers, step => budgets.GetValueOrDefault(step))
        {
            RunId = runId,
            DemandOf = step => demands.GetValueOrDefault(step),
            MaxParallelOf = step => limits.GetValueOrDefault(step),
            Capacity = Capacity,
            Reuse = Reuse,
            MayRun = StepsToRun.Of(graph, Request),
        };
    }

    /// <summary>Writes the session.</summary>
    /// <param name="json">Receives an object.</param>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("pid", ProcessId);
        json.WriteString("host", Host);
        if (Mark is not null)
        {
            json.WriteString(JournalFields.Mark, Mark);
        }

        json.WritePropertyName("request");
        RunRequestJson.Write(json, Request);
        json.WriteString("reuse", Reuse.ToString());
        if (Workers is { } workers)
        {
            json.WriteNumber("workers", workers);
        }

        if (Capacity != TaskDemand.Unlimited)
        {
            WriteDemand(json, "capacity", Capacity);
        }

        json.WriteStartArray("steps");
        foreach (var step in Steps)
        {
            json.WriteStartObject();
            json.WriteString("name", step.Name);
            json.WriteString("shape", step.Shape);
            json.WriteNumber("retries", step.Budget.UserRetries);
            json.WriteNumber("fallback", step.Budget.FallbackRetries);
            json.WriteString("wait", step.Budget.Wait.ToString("c", CultureInfo.InvariantCulture));
            if (!step.Demand.IsNone)
            {
                WriteDemand(json, "demand", step.Demand);
            }

            if (step.MaxParallel is { } limit)
            {
                json.WriteNumber("parallel", limit);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads a session.</summary>
    /// <param name="json">The object.</param>
    /// <returns>The session.</returns>
    public static SessionRecord Read(JsonElement json) => new(
        json.GetProperty("pid").GetInt32(),
        json.GetProperty("host").GetString()!,
        RunRequestJson.Read(json.GetProperty("request")),
        Enum.Parse<ReuseRule>(json.GetProperty("reuse").GetString()!),
        [
            .. json.GetProperty("steps").EnumerateArray().Select(static step => new StepIdentity(
                step.GetProperty("name").GetString()!,
                step.GetProperty("shape").GetString()!,
                new RetryBudget(
                    step.GetProperty("retries").GetInt32(),
                    step.GetProperty("fallback").GetInt32(),
                    TimeSpan.ParseExact(step.GetProperty("wait").GetString()!, "c", CultureInfo.InvariantCulture)))
            {
                Demand = ReadDemand(step, "demand", default),
                MaxParallel = step.TryGetProperty("parallel", out var limit) ? limit.GetInt32() : null,
            }),
        ])
    {
        Capacity = ReadDemand(json, "capacity", TaskDemand.Unlimited),
        Workers = json.TryGetProperty("workers", out var workers) ? workers.GetInt32() : null,
        Mark = json.TryGetProperty(JournalFields.Mark, out var mark) ? mark.GetString() : null,
    };

    private static void WriteDemand(Utf8JsonWriter json, string name, TaskDemand demand)
    {
        json.WriteStartObject(name);
        json.WriteNumber("cpu", demand.Cpu);
        json.WriteNumber("memory", demand.MemoryMB);
        json.WriteEndObject();
    }

    private static TaskDemand ReadDemand(JsonElement json, string name, TaskDemand otherwise)
        => json.TryGetProperty(name, out var demand)
            ? new(demand.GetProperty("cpu").GetDouble(), demand.GetProperty("memory").GetInt64())
            : otherwise;
}
