using System.Text.RegularExpressions;
using Metaflow.Naming;

namespace Metaflow.Graph.Rules;

/// <summary>A value of a decorator that cannot be.</summary>
/// <param name="Code">The code.</param>
/// <param name="Argument">The property of the attribute that is wrong, for analyzers to point at; empty for the whole.</param>
/// <param name="What">What is wrong, a sentence.</param>
/// <param name="Why">Why it is wrong, a sentence.</param>
/// <param name="Fix">How to fix it, a sentence.</param>
internal sealed record DecoratorMistake(string Code, string Argument, string What, string Why, string Fix);

/// <summary>The values that the framework's decorators accept. Analyzers say it as the source is typed, <c>check</c> says it of those
/// that <c>--with</c> or a mutator adds.</summary>
/// <remarks>The subject of a message is what the decorator stands on, such as <c>step 'train'</c>.</remarks>
internal static class DecoratorRules
{
    /// <summary>The most retries of a step.</summary>
    public const int MaxRetries = 4;

    /// <summary>The most characters of the name of a project or a branch.</summary>
    public const int MaxProjectName = 128;

    /// <summary>The longest time that a decorator may ask for, in seconds: that of a TimeSpan, some 29,000 years.</summary>
    public const double MaxSeconds = 922_337_203_685;

    /// <summary>Checks how often a step is tried again.</summary>
    /// <param name="subject">What the decorator stands on.</param>
    /// <param name="times">The number of retries.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckRetries(string subject, int times)
    {
        if (times is < 0 or > MaxRetries)
        {
            yield return new DecoratorMistake(
                RuleCodes.TooManyRetries, "Times", $"The [Retry] of {subject} asks for {times} retries.",
                $"A task has at most six attempts, so retries can be 0 to {MaxRetries}.",
                $"Write [Retry(Times = {MaxRetries})] or less.");
        }
    }

    /// <summary>Checks a limit of tasks.</summary>
    /// <param name="subject">What the decorator stands on.</param>
    /// <param name="tasks">The most tasks at once.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckMaxParallel(string subject, int tasks)
    {
        if (tasks < 1)
        {
            yield return new DecoratorMistake(
                RuleCodes.MaxParallelTooSmall, "Tasks", $"The [MaxParallel] of {subject} allows {tasks} tasks at once.",
                "No task of the step could ever run.", "Use 1 or more.");
        }
    }

    /// <summary>Checks how long a retry waits.</summary>
    /// <param name="subject">What the decorator stands on.</param>
    /// <param name="minutes">The minutes of the wait before the first retry; negative for those of the place where the task runs.</param>
    /// <param name="seconds">The seconds of that wait, added to the minutes.</param>
    /// <param name="factor">By how much it grows.</param>
    /// <param name="mostSeconds">The longest wait; 0 for any.</param>
    /// <param name="jitter">The share of the wait that is random.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckRetryWait(
        string subject, double minutes, double seconds, double factor, double mostSeconds, double jitter)
    {
        var wrong = !(minutes <= MaxSeconds / 60) ? "MinutesBetweenRetries"
            : !(seconds >= 0 && seconds + (60 * Math.Max(0, minutes)) <= MaxSeconds) ? "SecondsBetweenRetries"
            : !(factor >= 1) || double.IsInfinity(factor) ? "BackoffFactor"
            : !(mostSeconds is >= 0 and <= MaxSeconds) ? "MaxSecondsBetweenRetries"
            : jitter is >= 0 and <= 1 ? null : "Jitter";
        if (wrong is not null)
        {
            yield return new DecoratorMistake(
                RuleCodes.RetryWaitInvalid, wrong, $"The [Retry] of {subject} has no valid wait: '{wrong}' is wrong.",
                "Seconds cannot be negative and are at most 922,337,203,685 together (29,000 years). BackoffFactor is at "
                    + "least 1. Jitter is 0 to 1.",
                "Use other values, for example [Retry(SecondsBetweenRetries = 5, BackoffFactor = 2, Jitter = 0.2)].");
        }
    }

    /// <summary>Checks which exceptions are tried again.</summary>
    /// <param name="subject">What the decorator stands on.</param>
    /// <param name="argument">The property that names them.</param>
    /// <param name="names">The names of the exceptions' classes.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckRetryNames(string subject, string argument, IEnumerable<string?> names)
    {
        foreach (var name in names.Where(static name => !IsTypeName(name ?? "")))
        {
            yield return new DecoratorMistake(
                RuleCodes.RetryWaitInvalid, argument, $"The [Retry] of {subject} names the exception '{name}'.",
                "No class can have this name, so such an exception never occurs.",
                "Write the names of classes, for example [Retry(On = [nameof(TimeoutException)])].");
        }
    }

    /// <summary>Checks whether there are classes of the names of exceptions. A class may be loaded later: the mistakes are for
    /// warnings.</summary>
    /// <param name="subject">What the decorator stands on.</param>
    /// <param name="argument">The property that names them.</param>
    /// <param name="names">The names of the exceptions' classes; those that cannot be names are left out.</param>
    /// <param name="isKnown">Whether there is a class of a name, with or without namespace.</param>
    /// <param name="exceptions">The names of the exceptions that there are, without namespaces; asked for only for a name that is not
    /// known.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckRetryNamesKnown(
        string subject, string argument, IEnumerable<string?> names, Func<string, bool> isKnown, Func<IEnumerable<string>> exceptions)
        => names.OfType<string>().Where(name => IsTypeName(name) && !isKnown(name)).Select(name => new DecoratorMistake(
            RuleCodes.RetryNameUnknown, argument, $"The [Retry] of {subject} names the exception '{name}'.",
            "No class with this name is known, so such an exception never occurs.",
            ClosestName.Find(SimpleName(name), exceptions()) is { } closest
                ? $"Write '{closest}', the nearest name, or suppress this warning if the class is loaded only while the flow runs."
                : "Correct the name, for example [Retry(On = [nameof(TimeoutException)])]. Suppress this warning if the class is loaded "
                    + "only while the flow runs."));

    /// <summary>Returns the name of a class without its namespace, the class around it and its number of type parameters.</summary>
    /// <param name="name">The name as .NET writes it.</param>
    /// <returns>The name.</returns>
    public static string SimpleName(string name) => name.Split('.', '+').Last().Split('`')[0];

    /// <summary>Checks a timeout.</summary>
    /// <param name="subject">What the decorator stands on.</param>
    /// <param name="hours">Its hours.</param>
    /// <param name="minutes">Its minutes.</param>
    /// <param name="wholeSeconds">Its seconds.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckTimeout(string subject, double hours, double minutes, double wholeSeconds)
    {
        var negative = hours < 0 ? "Hours" : minutes < 0 ? "Minutes" : wholeSeconds < 0 ? "Seconds" : null;
        if (negative is not null)
        {
            yield return new DecoratorMistake(
                RuleCodes.TimeoutNotPositive, negative, $"The [Timeout] of {subject} has negative {negative.ToLowerInvariant()}.",
                "Hours, minutes and seconds are added. None of them can be less than 0.",
                "Give a positive number of seconds, minutes or hours.");
            yield break;
        }

        var seconds = wholeSeconds + (60 * minutes) + (3600 * hours);
        if (seconds > MaxSeconds)
        {
            yield return new DecoratorMistake(
                RuleCodes.TimeoutNotPositive, "", FormattableString.Invariant($"The [Timeout] of {subject} is {seconds} seconds."),
                "The longest time is 922,337,203,685 seconds (29,000 years).",
                "Give a shorter time, or remove [Timeout]. Then a task may run forever.");
        }

        if (seconds <= 0)
        {
            yield return new DecoratorMistake(
                RuleCodes.TimeoutNotPositive, "", FormattableString.Invariant($"The [Timeout] of {subject} is {seconds} seconds."),
                "A task needs some time to run.",
                "Give a positive number of seconds, minutes or hours.");
        }
    }

    /// <summary>Checks what a task asks for.</summary>
    /// <param name="subject">What the decorator stands on.</param>
    /// <param name="positive">The amounts that are more than 0, by the name of the property.</param>
    /// <param name="others">The amounts that are not less than 0.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckResources(
        string subject, IEnumerable<KeyValuePair<string, double>> positive, IEnumerable<KeyValuePair<string, double>> others)
    {
        var wrong = positive.Where(static amount => !(amount.Value > 0) || double.IsInfinity(amount.Value))
            .Concat(others.Where(static amount => !(amount.Value >= 0))).Select(static amount => amount.Key).FirstOrDefault();
        if (wrong is not null)
        {
            yield return new DecoratorMistake(
                RuleCodes.ResourcesInvalid, wrong, $"The [Resources] of {subject} have an invalid amount of '{wrong}'.",
                "'Cpu' and 'MemoryMB' must be more than 0, the others 0 or more.",
                "Use other amounts, for example [Resources(Cpu = 2, MemoryMB = 8192)].");
        }
    }

    /// <summary>Checks environment variables.</summary>
    /// <param name="subject">What the decorator stands on.</param>
    /// <param name="variables">The names with their values; <see langword="null"/> for one that is not known here.</param>
    /// <param name="widow">A name without a value, or <see langword="null"/>.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckVariables(
        string subject, IEnumerable<KeyValuePair<string, string?>> variables, string? widow)
    {
        if (widow is not null)
        {
            yield return Mistake($"'{widow}' has no value.", "The arguments are names and values in turn.");
        }

        foreach (var variable in variables)
        {
            if (!VariableNames.IsName(variable.Key) || VariableNames.IsReserved(variable.Key))
            {
                yield return Mistake($"'{variable.Key}' cannot be set.", VariableNames.Rule);
            }
            else if (variable.Value is { } value && !VariableNames.CanBeValue(value))
            {
                yield return Mistake(
                    $"the value of '{variable.Key}' is invalid.",
                    "Environment variables are UTF-8 texts without the character U+0000 and without half of a surrogate pair.");
            }
        }

        DecoratorMistake Mistake(string what, string why) => new(
            RuleCodes.EnvironmentVariableInvalid, "", $"The [EnvironmentVariables] of {subject} are wrong: {what}", why,
            "Write [EnvironmentVariables(\"NAME\", \"value\")].");
    }

    /// <summary>Checks the sources of secrets.</summary>
    /// <param name="subject">What the decorator stands on.</param>
    /// <param name="sources">The sources.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckSecrets(string subject, IReadOnlyList<string?> sources)
    {
        if (sources.Count == 0 || sources.Any(string.IsNullOrWhiteSpace))
        {
            yield return new DecoratorMistake(
                RuleCodes.SecretsWithoutSource, "", $"The [Secrets] of {subject} name no source.", "A source says where secrets come "
                    + "from.",
                "Write a source, for example [Secrets(\"file.secrets.env\")].");
        }
    }

    /// <summary>Checks the names of a project and its branch.</summary>
    /// <param name="name">The project's name.</param>
    /// <param name="branch">The branch's name, or <see langword="null"/>.</param>
    /// <param name="isReference">Whether a text refers to a configuration: what that stands for is known when the run begins.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckProject(string name, string? branch, Func<string, bool> isReference)
    {
        if (!isReference(name) && !IsProjectName(name))
        {
            yield return Mistake("", name, "project");
        }

        if (branch is not null && !isReference(branch) && !IsProjectName(branch))
        {
            yield return Mistake("Branch", branch, "branch");
        }

        static DecoratorMistake Mistake(string argument, string text, string what) => new(
            RuleCodes.ProjectNameInvalid, argument, $"'{text}' cannot be the name of a {what}.",
            FormattableString.Invariant(
                $"Names consist of the letters a to z, digits and underscores, and have at most {MaxProjectName} characters."),
            "Use another name, for example [Project(\"sales_forecast\")].");
    }

    /// <summary>Returns true if a project or a branch can have a name.</summary>
    /// <param name="text">The name.</param>
    /// <returns>Whether it has lower-case letters, digits and underscores, 1 to 128 of them.</returns>
    public static bool IsProjectName(string text)
        => text.Length is > 0 and <= MaxProjectName
            && text.All(static letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_');

    /// <summary>Checks when a flow runs by itself.</summary>
    /// <param name="expression">The expression of cron, or <see langword="null"/> when nothing says when.</param>
    /// <param name="isWritten">Whether the author wrote it.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckSchedule(string? expression, bool isWritten)
    {
        if (expression?.Split([' '], StringSplitOptions.RemoveEmptyEntries).Length is not (5 or 6))
        {
            yield return new DecoratorMistake(
                RuleCodes.ScheduleInvalid, isWritten ? "Cron" : "",
                isWritten ? $"The [Schedule] says '{expression}', which is not a cron expression." : "The [Schedule] gives no time.",
                "A cron expression has five or six fields: minutes, hours, day of the month, month, day of the week, and the year.",
                "Write [Schedule(Hourly = true)], or Cron = \"0 6 * * ? *\".");
        }
    }

    /// <summary>Checks that one name or a list of several is given.</summary>
    /// <param name="one">The name, or <see langword="null"/>.</param>
    /// <param name="several">The list.</param>
    /// <param name="what">What they name: <c>event</c> or <c>flow</c>.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckTriggers(string? one, IReadOnlyList<string?> several, string what)
    {
        if (one is null == (several.Count == 0))
        {
            yield return Mistake(one is null ? $"The decorator names no {what}." : $"The decorator names one {what} and a list of them.");
        }

        List<string?> names = one is null ? [.. several] : [one, .. several];
        if (names.Exists(string.IsNullOrWhiteSpace))
        {
            yield return Mistake($"One {what} of the decorator has no name.");
        }

        if (names.GroupBy(static name => name).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            yield return Mistake($"The decorator names '{twice.Key}' twice.");
        }

        DecoratorMistake Mistake(string text) => new(
            RuleCodes.TriggerInvalid, "", text, $"Either one {what} or a list of different ones starts the flow.",
            what == "event" ? "Write [Trigger(Event = \"data_ready\")]." : "Write [TriggerOnFinish(Flow = \"OtherFlow\")].");
    }

    /// <summary>Checks that an event sets parameters that there are.</summary>
    /// <param name="given">The texts <c>parameter=field</c> or <c>parameter</c>.</param>
    /// <param name="parameters">The names of the flow's parameters, those of the command line.</param>
    /// <param name="members">The names of their properties.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckTriggerParameters(
        IEnumerable<string?> given, IReadOnlyList<string> parameters, IReadOnlyList<string> members)
    {
        foreach (var name in given.Select(static text => text?.Split('=')[0] ?? "")
            .Where(name => !parameters.Contains(name) && !members.Contains(name)))
        {
            yield return new DecoratorMistake(
                RuleCodes.TriggerInvalid, "Parameters", $"The [Trigger] sets parameter '{name}'.", "The flow has no such parameter.",
                parameters.Count == 0 ? "Remove it." : $"The parameters are: {string.Join(", ", parameters)}.");
        }
    }

    /// <summary>Checks that methods are called when a run has ended.</summary>
    /// <param name="count">How many are named.</param>
    /// <param name="timeoutSeconds">How long each may take.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckExitHook(int count, int timeoutSeconds)
    {
        if (count == 0 || timeoutSeconds <= 0)
        {
            yield return timeoutSeconds <= 0
                ? ExitHookMistake("TimeoutSeconds", "The [ExitHook] gives its methods no time.", "Metaflow could not call anything.")
                : ExitHookMistake("", "The [ExitHook] names no method.", "Metaflow could not call anything.");
        }
    }

    /// <summary>Checks the methods that are called when a run has ended.</summary>
    /// <param name="argument">The property that names them.</param>
    /// <param name="names">The methods.</param>
    /// <param name="canBeCalled">Whether the flow has a method of a name that can be called.</param>
    /// <returns>The mistakes.</returns>
    public static IEnumerable<DecoratorMistake> CheckExitMethods(
        string argument, IEnumerable<string?> names, Func<string, bool> canBeCalled)
        => names.Select(static name => name ?? "").Distinct().Where(name => !canBeCalled(name))
            .Select(name => ExitHookMistake(
                argument, $"The [ExitHook] names '{name}'.", "The flow has no method with this name that takes no argument or a "
                    + "RunHandle."));

    // With or without namespace; nested and generic classes as .NET writes their names.
    private static bool IsTypeName(string text)
        => Regex.IsMatch(text, @"^[\p{L}_]\w*(`\d+)?([.+][\p{L}_]\w*(`\d+)?)*\z", RegexOptions.CultureInvariant);

    private static DecoratorMistake ExitHookMistake(string argument, string what, string why)
        => new(
            RuleCodes.ExitHookInvalid, argument, what, why,
            "Write [ExitHook(OnError = [nameof(Tell)])] and a method 'static void Tell(RunHandle run)'.");
}
