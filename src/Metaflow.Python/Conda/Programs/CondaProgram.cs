using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Solving;
using Metaflow.Python.Processes;

namespace Metaflow.Python.Conda.Programs;

/// <summary>Finds the packages of conda that satisfy a request, by asking micromamba, mamba or conda what it would install. Nothing is
/// installed.</summary>
/// <param name="options">Which program, and how it is used.</param>
internal sealed class CondaProgram(CondaProgramOptions options)
{
    // A program is asked for its version once in a process.
    private static readonly ConcurrentDictionary<string, CondaProgramFacts> Known = new(StringComparer.Ordinal);

    /// <summary>Finds packages.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Ends the program and all that it started.</param>
    /// <returns>The records, in the order in which they are linked, without the JSON objects of their channels.</returns>
    /// <exception cref="EnvironmentException">MF7052: a match spec names no channel; MF7056: nothing satisfies the request; MF7059: the
    /// program cannot be started; MF7069: it is too old; MF7080: it fails, or its answer cannot be understood.</exception>
    public async Task<IReadOnlyList<CondaRecord>> SolveAsync(CondaRequest request, CancellationToken cancellationToken)
    {
        if (request.Specs.Count == 0)
        {
            return [];
        }

        var channels = RequestedChannel.AllOf(request, options.Channels);
        var secrets = new ChannelSecrets(channels.Select(static requested => requested.Channel), options.Access);
        using var folder = new WorkFolder(options.Name);
        var call = new ProgramCall(folder);
        var facts = await FactsAsync(call, cancellationToken).ConfigureAwait(false);
        var variables = call.Variables(request);
        foreach (var (name, value) in await call.WriteAsync(secrets, cancellationToken).ConfigureAwait(false))
        {
            variables[name] = value;
        }

        var outcome = await RunAsync(facts.Path, call.Arguments(facts, request, channels), variables, cancellationToken)
            .ConfigureAwait(false);
        using var json = outcome.ReadJson();
        var answer = json?.RootElement;
        if (outcome.ExitCode == 0 && !IsFailure(answer))
        {
            return Read(facts, answer, new SolutionReader(request, channels, options.Channels));
        }

        List<string> lines = [.. outcome.Explain(answer).Select(secrets.Hide)];
        throw outcome.IsUnsatisfiable(answer) ? CondaProgramErrors.Unsatisfiable(facts, request.Platform, lines)
            : CondaProgramErrors.Failed(facts.Path, outcome.ExitCode, lines);
    }

    private static bool IsFailure(JsonElement? answer)
        => answer is { ValueKind: JsonValueKind.Object } json
            && json.TryGetProperty("success", out var success) && success.ValueKind == JsonValueKind.False;

    private static IReadOnlyList<CondaRecord> Read(CondaProgramFacts facts, JsonElement? answer, SolutionReader reader)
    {
        if (answer is not { ValueKind: JsonValueKind.Object } json)
        {
            throw CondaProgramErrors.NotUnderstood(facts.Path, "It prints no JSON.");
        }

        try
        {
            return reader.Read(json);
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            throw CondaProgramErrors.NotUnderstood(facts.Path, error.Message, error);
        }
    }

    private async Task<CondaProgramFacts> FactsAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        var path = options.Find() ?? throw CondaProgramErrors.Missing(options.Name);
        if (!Known.TryGetValue(path, out var facts))
        {
            var outcome = await RunAsync(path, ProgramCall.Info, call.Variables(), cancellationToken).ConfigureAwait(false);
            using var json = outcome.ReadJson();
            if (outcome.ExitCode != 0)
            {
                throw CondaProgramErrors.Failed(path, outcome.ExitCode, outcome.Explain(json?.RootElement));
            }

            facts = json is null ? null : CondaProgramFacts.Read(path, json.RootElement);
            Known[path] = facts ?? throw CondaProgramErrors.NotUnderstood(path, "It does not say its version.");
        }

        return facts.IsTooOld ? throw CondaProgramErrors.TooOld(facts) : facts;
    }

    private async Task<ProgramOutcome> RunAsync(
        string path, IReadOnlyList<string> arguments, Dictionary<string, string> variables, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(path, arguments);
        start.Environment.Clear();
        foreach (var (name, value) in options.Variables.Concat(variables))
        {
            start.Environment[name] = value;
        }

        var output = new ConcurrentQueue<string>();
        var errors = new ConcurrentQueue<string>();
        try
        {
            var exitCode = await ChildProcess.RunAsync(start, output.Enqueue, errors.Enqueue, options.Time, cancellationToken)
                .ConfigureAwait(false);
            return new ProgramOutcome(exitCode, [.. output], [.. errors]);
        }
        catch (Win32Exception error)
        {
            throw CondaProgramErrors.Missing(options.Name, $"'{path}' does not start: {error.Message}", error);
        }
    }
}
