
module.exports = (dayjs, print) => {
  const day = dayjs("2024-02-29T12:34:56.789");
  for (const form of ["YYYY-MM-DD", "dddd, D. MMMM YY", "HH:mm:ss.SSS", "[on] ddd h A", "M/D H:m:s a", "dd MMM hh"]) print(day.format(form));
  for (const unit of ["year", "month", "week", "day", "hour", "minute", "second"]) {
    print(unit, day.add(13, unit).format(), day.subtract(5, unit).format(), day.startOf(unit).format(), day.endOf(unit).format());
    print(day.diff(dayjs("2020-12-31T23:00:00"), unit), day.diff("2025-01-01", unit, true), day.isSame("2024-02-01", unit));
  }
  print(day.daysInMonth(), day.set("month", 0).date(), day.year(2023).format(), day.isBefore("2024-03-01"));
  print(dayjs("nonsense").isValid(), dayjs("nonsense").format(), dayjs(0).unix(), dayjs(new Date(5)).valueOf(), day.toJSON());
  print(dayjs("20240102").format(), dayjs("2024-1").format(), day.clone().isSame(day), dayjs.isDayjs(day), dayjs.isDayjs(1));
};
