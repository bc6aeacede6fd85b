using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Metaflow.Decorators;

namespace Metaflow.Testing.Conformance;

/// <summary>The flow whose tasks a launcher runs in its suite. Each step is something that a task may do; where it does it with a number,
/// that is the id of the task.</summary>
/// <remarks>It is made in the process of a task, by the task host.</remarks>
internal sealed class LauncherProbe : FlowSpec
{
    public const string Name = "LauncherProbe";
    public const string Succeed = "succeed";
    public const string Exit = "exit";
    public const string Die = "die";
    public const string Write = "write";
    public const string WriteMuch = "write_much";
    public const string Wait = "wait";
    public const string Ignore = "ignore";
    public const string Show = "show";
    public const string Tell = "tell";

    /// <summary>What a task writes that begins to wait.</summary>
    public const string Begun = "begun";

    /// <summary>What a task writes that was asked to stop.</summary>
    public const string Stopping = "stopping";

    /// <summary>The beginning of variables that are shown.</summary>
    public const string Variable = "PROBE_";

    /// <summary>The secret that must not be seen.</summary>
    public const string Secret = "s3cret-of-the-probe";

    /// <summary>Lines that are easily changed on their way.</summary>
    public static readonly string[] Lines =
    [
        "plain", "", "  blanks around  ", "tab\tand 'quotes' \"of\" both $HOME `kinds` \\",
        "Grüße, 世界 🌍", "[MFLOG|0|looks like one of Metaflow's",
    ];

    /// <summary>How many lines a task writes that writes much.</summary>
    public const int ManyLines = 20_000;

    /// <inheritdoc/>
    public override string FlowName => Name;

    private int Number => int.Parse(Current.TaskId, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    protected internal override IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step)
        => step == Tell ? [new SecretsAttribute($"inline.PROBED={Secret}")] : [];

    /// <inheritdoc/>
    protected internal override async ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
    {
        switch (step)
        {
            case Exit:
                Environment.Exit(Number);
                break;
            case Die:
                using (var self = Process.GetCurrentProcess())
                {
                    self.Kill();
                }

                await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
                break;
            case Write:
                WriteLines();
                break;
            case WriteMuch:
                WriteManyLines();
                break;
            case Wait:
                await WaitAsync().ConfigureAwait(false);
                break;
            case Ignore:
                await IgnoreAsync().ConfigureAwait(false);
                break;
            case Show:
                ShowPlace();
                break;
            case Tell:
                Console.WriteLine($"the secret is {Environment.GetEnvironmentVariable("PROBED")}");
                break;
        }

        return null;
    }

    private static void WriteLines()
    {
        foreach (var line in Lines)
        {
            Console.WriteLine(line);
            Console.Error.WriteLine(line);
        }
    }

    private static void WriteManyLines()
    {
        for (var line = 0; line < ManyLines; line++)
        {
            Console.WriteLine(line);
        }
    }

    private async Task WaitAsync()
    {
        var stop = Current.CancellationToken;
        Console.WriteLine($"{Begun} {Current.TaskId}");
        try
        {
            await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine(Stopping);
            Environment.Exit(Number);
        }
    }

    /// <summary>Hears that it is to stop and continues, with a process that it has started.</summary>
    private async Task IgnoreAsync()
    {
        using var stop = Current.CancellationToken.Register(static () => Console.WriteLine(Stopping));
        using var child = Process.Start(new ProcessStartInfo("sleep", ["600"]))!;
        Console.WriteLine($"{Begun} {Environment.ProcessId} {child.Id}");
        await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
    }

    private static void ShowPlace()
    {
        foreach (var (name, value) in Settings.SettingsLoader.ProcessEnvironment())
        {
            if (name.StartsWith(Variable, StringComparison.Ordinal))
            {
                Console.WriteLine($"{name} {JsonSerializer.Serialize(value)}");
            }
        }

        Console.WriteLine($"input {Console.In.ReadToEnd().Length}");
    }
}
