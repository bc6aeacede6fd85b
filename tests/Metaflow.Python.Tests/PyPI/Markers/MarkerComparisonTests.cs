using Metaflow.Python.PyPI.Markers;

namespace Metaflow.Python.Tests.PyPI.Markers;

/// <summary>Compares random markers with the library that pip brings along.</summary>
public sealed class MarkerComparisonTests
{
    private const string Code = """
        import json, sys
        try:
            from pip._vendor.packaging.markers import Marker
        except ImportError:
            from packaging.markers import Marker

        def value(text, environment):
            try:
                return Marker(text).evaluate(environment)
            except Exception as error:
                return type(error).__name__

        markers, environment = json.load(sys.stdin)
        json.dump([[str(Marker(text)), value(text, environment)] for text in markers], sys.stdout)
        """;

    private static int Cases => Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1" ? 20_000 : 1_000;

    [Fact]
    public void Random_markers_have_the_form_and_the_value_that_Python_gives_them()
    {
        var oracle = PythonOracle.Require();
        var random = new Random(508);
        var markers = Enumerable.Range(0, Cases).Select(_ => Text(random, 0)).ToList();
        var values = new Dictionary<string, string>
        {
            ["python_version"] = "3.11",
            ["python_full_version"] = "3.11.7",
            ["os_name"] = "posix",
            ["sys_platform"] = "linux",
            ["platform_machine"] = "x86_64",
            ["platform_system"] = "Linux",
            ["implementation_name"] = "cpython",
            ["implementation_version"] = "3.11.7",
            ["platform_python_implementation"] = "CPython",
            ["platform_release"] = "6.1",
            ["platform_version"] = "7",
            ["extra"] = "",
        };
        var expected = oracle.Ask<List<object[]>>(Code, new object[] { markers, values });
        var environment = new MarkerEnvironment().With(values);
        for (var i = 0; i < markers.Count; i++)
        {
            var marker = RequirementMarker.Parse(markers[i]);
            Assert.Equal(expected[i][0].ToString(), marker.ToString());
            Assert.True(marker.Evaluate(environment).ToString() == expected[i][1].ToString(), $"{markers[i]}: {expected[i][1]}");
        }
    }

    private static string Text(Random random, int depth)
    {
        var parts = Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => depth < 3 && random.Next(3) == 0 ? $"({Text(random, depth + 1)})" : Comparison(random));
        return string.Join(random.Next(2) == 0 ? " and " : " or ", parts);
    }

    private static string Comparison(Random random)
    {
        string[] order = ["==", "!=", "<", "<=", ">", ">="];
        string[] versions = ["3.9", "3.11", "3.11.7", "3.12", "2.7", "3"];
        string[] names = ["os_name", "sys_platform", "platform_machine", "implementation_name"];
        string[] texts = ["posix", "nt", "linux", "win32", "x86_64", "cpython", "arm64"];
        var version = $"'{versions[random.Next(versions.Length)]}'";
        var text = $"\"{texts[random.Next(texts.Length)]}\"";
        return random.Next(5) switch
        {
            0 => $"python_version {order[random.Next(6)]} {version}",
            1 => $"{version} {order[random.Next(6)]} python_full_version",
            2 => $"{names[random.Next(4)]} {order[random.Next(2)]} {text}",
            3 => $"{names[random.Next(4)]} {(random.Next(2) == 0 ? "in" : "not in")} {text}",
            _ => $"python_version {(random.Next(2) == 0 ? "in" : "not in")} '3.9 3.11'",
        };
    }
}
