using System.Buffers;
using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Metaflow.Definition;
using Metaflow.Graph;
using Metaflow.Running;
using Metaflow.Scheduling;

namespace Metaflow.Tests.Scheduling;

/// <summary>Looks at every event and every part of a request by reflection: who adds one and forgets the journal fails here.</summary>
public sealed class JournalEncodingTests
{
    public static TheoryData<string> Events
        => [.. typeof(SchedulerEvent).GetNestedTypes().Where(static type => !type.IsAbstract).Select(static type => type.Name)];

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_is_read_as_it_was_written(string name)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var written = (SchedulerEvent)Sample(typeof(SchedulerEvent).GetNestedType(name)!, seed);
            var read = SchedulerEventJson.Read(Parse(json => SchedulerEventJson.Write(json, written)));
            Assert.Equal(Show(written), Show(read));
        }
    }

    [Fact]
    public void A_request_is_read_as_it_was_written()
    {
        var written = new RunRequest();

        // Values and configurations are kept as the run's parameters.
        foreach (var property in typeof(RunRequest).GetProperties()
            .Where(static property => property.Name is not (nameof(RunRequest.Values) or nameof(RunRequest.Configs))))
        {
            property.SetValue(written, Sample(property.PropertyType, 2));
        }

        Assert.Equal(Show(written), Show(RunRequestJson.Read(Parse(json => RunRequestJson.Write(json, written)))));
    }

    [Fact]
    public void A_request_without_optional_parts_is_read_as_it_was_written()
    {
        var written = new RunRequest { WorkingFolder = "/a" };
        Assert.Equal(Show(written), Show(RunRequestJson.Read(Parse(json => RunRequestJson.Write(json, written)))));
    }

    [Fact]
    public void A_session_is_replayed_with_as_many_tasks_at_once_as_its_machine_allowed()
    {
        var written = new SessionRecord(1, "host", new RunRequest { MaxWorkers = 40 }, ReuseRule.Never, []) { Workers = 5 };
        var read = SessionRecord.Read(Parse(written.Write));

        Assert.Equal(5, read.Policy(new FlowGraph("Flow", []), "1").MaxWorkers);
        Assert.Equal(40, read.Request.MaxWorkers);
        Assert.Equal(
            40, SessionRecord.Read(Parse((written with { Workers = null }).Write)).Policy(new FlowGraph("Flow", []), "1").MaxWorkers);
    }

    [Fact]
    public void Of_values_the_names_are_kept()
    {
        var written = new RunRequest { Values = new Dictionary<string, object?> { ["alpha"] = 1, ["beta"] = new List<int>() } };
        Assert.Equal(["alpha", "beta"], RunRequestJson.Read(Parse(json => RunRequestJson.Write(json, written))).Values!.Keys);
    }

    private static JsonElement Parse(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            write(json);
        }

        using var document = JsonDocument.Parse(bytes.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>Makes a value of a type in which no part has its default.</summary>
    private static object Sample(Type type, int seed) => type switch
    {
        _ when type == typeof(string) => $"text {seed} \"ü\"",
        _ when type == typeof(int) => seed,
        _ when type == typeof(long) => (long)seed,
        _ when type == typeof(FlowOptionValues) => FlowOptionValues.FromTexts(["one=a=b", $"many={seed}", "many="]),
        _ when type == typeof(bool) => seed % 2 == 1,
        _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(seed),
        _ when type.IsEnum => Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!,
        _ when Nullable.GetUnderlyingType(type) is { } inner => Sample(inner, seed),
        _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) =>
            SampleArray(type.GetGenericArguments()[0], seed),
        _ when type == typeof(IReadOnlyDictionary<string, string>) =>
            new Dictionary<string, string> { [$"key {seed}"] = $"value {seed}", ["b"] = "" },
        _ when type.IsGenericType && type.GetGenericTypeDefinition().Name.StartsWith("IReadOnly", StringComparison.Ordinal) =>
            SampleList(type.GetGenericArguments()[0], seed),
        _ => SampleRecord(type, seed),
    };

    private static object SampleRecord(Type type, int seed)
    {
        var constructor = type.GetConstructors().OrderByDescending(static constructor => constructor.GetParameters().Length).First();
        var made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Sample(parameter.ParameterType, seed))]);
        foreach (var property in type.GetProperties().Where(property => property.SetMethod is { IsPublic: true }
            && !constructor.GetParameters().Any(parameter => parameter.Name == property.Name)))
        {
            property.SetValue(made, Sample(property.PropertyType, seed));
        }

        return made;
    }

    private static Array SampleList(Type item, int seed)
    {
        var list = Array.CreateInstance(item, seed);
        for (var i = 0; i < seed; i++)
        {
            list.SetValue(Sample(item, i + 1), i);
        }

        return list;
    }

    private static object SampleArray(Type item, int seed)
        => typeof(ImmutableArray).GetMethods()
            .Single(static method => method is { Name: "Create" } && method.GetParameters() is [{ ParameterType.IsArray: true }])
            .MakeGenericMethod(item).Invoke(null, [SampleList(item, seed)])!;

    /// <summary>Shows a value with all its parts: collections compare by identity otherwise.</summary>
    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        IDictionary map =>
            "{" + string.Join(", ", map.Keys.Cast<object>().Select(key => $"{key}: {Show(map[key])}").Order(StringComparer.Ordinal)) + "}",
        IEnumerable items => "[" + string.Join(", ", items.Cast<object?>().Select(Show)) + "]",
        _ when value.GetType().IsPrimitive || value.GetType().IsEnum || value is TimeSpan => value.ToString()!,
        _ => value.GetType().Name + "(" + string.Join(", ", value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.GetIndexParameters().Length == 0 && property.Name != "EqualityContract")
            .Select(property => $"{property.Name}={Show(property.GetValue(value))}")) + ")",
    };
}
